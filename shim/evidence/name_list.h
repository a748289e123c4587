/* SPDX-License-Identifier: ISC
 *
 * Lists of names in extensions, by a walk over their DER (private to the room "evidence" and its tests). A peer may send thousands, of which a
 * record shows some; where OpenSSL reads such a list it makes objects of them all. Pure, takes no memory.
 */
#ifndef TLSMEND_EVIDENCE_NAME_LIST_H
#define TLSMEND_EVIDENCE_NAME_LIST_H

#include "der_values.h"

/* Kinds of names whose bytes cannot be wrong, by their tags, which end in GEN_*. */
enum {
	EMAIL_NAME = CONTEXT | 1,
	DNS_NAME = CONTEXT | 2,
	URI_NAME = CONTEXT | 6,
	ADDRESS_NAME = CONTEXT | 7,
	NAME_KIND = 0x1f,
};

/* The names in the value of a subjectAltName. False: there may be something in it that OpenSSL does not take, or that only OpenSSL can show: it
 * has to read the list. True: name_list_take() takes `count` names out of it. */
struct name_list {
	struct span names;
	size_t count;
};
bool name_list_read(struct span value, struct name_list *out);
/* ... without a look at them. */
bool name_list_begin(struct span value, struct span *names);
bool name_list_take(struct span *names, uint8_t *tag, struct span *bytes);

/* ... the limits in the value of a nameConstraints. */
struct name_limits {
	struct name_list permitted, excluded;
};
bool name_list_read_limits(struct span value, struct name_limits *out);
bool name_list_take_limit(struct span *limits, uint8_t *tag, struct span *bytes);

/* (leaf_names.c) Is the host among these names, all of them? Where it is sure of that, X509_check_host(3) with these flags says the same. */
enum host_there { HOST_UNSURE, HOST_THERE, HOST_NOT_THERE };
enum host_there name_list_has_host(struct span names, const char *host, unsigned flags);

#endif
