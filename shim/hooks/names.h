/* SPDX-License-Identifier: ISC
 *
 * Names that the client looks at by itself (names_read.c).
 */
#ifndef TLSMEND_HOOKS_NAMES_H
#define TLSMEND_HOOKS_NAMES_H

#include "hooks.h"

enum names_looked { NAMES_UNREAD, NAMES_READ, NAMES_DO_NOT_FIT, NAMES_FIT };
/* From now on. False: the client has not looked at them since the last time, and probably never does. */
bool names_watch(const uint8_t leaf[32], const X509 *object, const X509_NAME *subject);
/* Is it the object of a leaf that is watched, or may it be? Only compared with: whether it still is shows in what it holds. */
bool names_object(const X509 *object, uint8_t leaf[32]);
bool names_watched(void); /* is any leaf? */
/* asked: the name that OpenSSL compared, or NULL. */
void names_note(const uint8_t leaf[32], enum names_looked how, const char *asked);
/* The client took it out, as bytes. */
void names_note_taken(const uint8_t leaf[32]);
bool names_taken(const uint8_t leaf[32]);
/* The client read the common name in a subject, which may be that of a leaf. */
void names_note_common(const X509_NAME *subject);
bool names_common(const uint8_t leaf[32]);
/* asked: NULL, or the last name that did not fit. */
enum names_looked names_looked_at(const uint8_t leaf[32], char asked[256]);

#endif
