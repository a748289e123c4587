/* SPDX-License-Identifier: ISC
 *
 * What `view` and `trust` know of a server: the probes' answers and the library's records, put together.
 */
#ifndef TLSMEND_CLI_VIEW_SIGHT_H
#define TLSMEND_CLI_VIEW_SIGHT_H

#include <jansson.h>

#include "../configuration/settings.h"
#include "../host_port.h"
#include "certificate.h"
#include "probe.h"

enum { SIGHT_CERTIFICATES = 32 };
enum sight_result { SIGHT_TRUSTED, SIGHT_UNTRUSTED, SIGHT_NO_ANSWER };

struct sight {
	struct probe probe;
	char *asked; /* "HOST:PORT" */
	char *words; /* to ask for the same with another command: options and host, for a shell */
	struct host_port
	    rule; /* what a rule is for: the name, and the port where one was asked for */
	enum sight_result result;
	json_t *facts;   /* of the probe as this machine's clients are; never NULL */
	json_t *failure; /* the record of the failure; NULL: none */
	json_t *mended;  /* the record that a rule made the difference; NULL: none */
	json_t *plain;   /* with `mended`: the failure without any rule */
	json_t *versions[PROBE_VERSIONS]; /* NULL: not asked */
	/* Leaf first: the path that was built, then what else the server sent. */
	struct seen_certificate certificate[SIGHT_CERTIFICATES];
	size_t count, path; /* path: how many of them are the path */
};
/* Extra: variables "NAME=VALUE" up to a NULL, over those of the settings; may be NULL. False: said why. */
bool sight_take(struct sight *s, const struct settings *settings, const char *const *extra,
		bool versions);
void sight_free(struct sight *s);

/* "" where it is not there. */
static inline const char *json_text(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}
/* Does the failure lie where trust ends, so that a CA could mend it? */
bool sight_lacks_anchor(const struct sight *s);

/* ---- launch.c ------------------------------------------------------------------------------------ */
struct child {
	int pid; /* 0: not started */
	int facts, log;
};
/* Under the library. */
bool child_start(struct child *c, const struct probe *p, const struct settings *settings,
		 const char *const *extra);
bool child_start_version(struct child *c, const struct probe *p, const struct probe_version *v);
/* Until all have ended, which they are made to soon after the time of `p` is over; says on standard error what is waited for where it takes long. */
void children_wait(struct child *list, size_t n, const struct probe *p, const char *asked);
/* The last object that it wrote, or what it was at where it was ended before; an array of records. */
json_t *child_facts(const struct child *c);
json_t *child_records(const struct child *c);
void child_close(struct child *c);

/* ---- draw.c, describe.c -------------------------------------------------------------------------- */
void sight_draw(const struct sight *s);
/* What `trust` shows does not give the fingerprints away. */
void sight_draw_path(const struct sight *s, bool fingerprints);
json_t *sight_describe(const struct sight *s);

/* ---- view.c: what view and trust take both --------------------------------------------------------- */
enum view_option {
	VIEW_STARTTLS = VARIABLE_COUNT,
	VIEW_SERVERNAME,
	VIEW_CA,
	VIEW_CERT,
	VIEW_KEY,
	VIEW_PROXY,
	VIEW_FORMAT,
	VIEW_TIMEOUT,
	VIEW_OPTIONS /* of trust begin here */
};
/* clang-format off */
#define VIEW_CONNECTION \
	{"starttls", "PROTOCOL", VIEW_STARTTLS, "smtp, imap, pop3, ftp, ldap, postgres, mysql or xmpp"}, \
	{"servername", "NAME", VIEW_SERVERNAME, "name to ask for and to expect, instead of HOST"}, \
	{"ca", "FILE", VIEW_CA, "trust the CAs in FILE for this host, as a rule would"}, \
	{"cert", "FILE", VIEW_CERT, "client certificate (PEM) to show when asked"}, \
	{"key", "FILE", VIEW_KEY, "its private key, where it is not in that file"}, \
	{"proxy", "HOST:PORT", VIEW_PROXY, "through an HTTP proxy"}, \
	{"timeout", "SECONDS", VIEW_TIMEOUT, "for the whole connection (default 10)"}
/* clang-format on */
struct view_request {
	struct settings settings;
	struct probe probe;
	char *ca;              /* absolute; or NULL */
	const char *key_given; /* whose text the probe has where it is encrypted; NULL: none */
	bool port_given;       /* not the usual one of the protocol */
	enum { VIEW_TEXT, VIEW_JSON, VIEW_PEM } format;
	char **owned;
	size_t owned_count;
};
void view_request_init(struct view_request *r, const struct command *self);
void view_request_free(struct view_request *r);
bool view_request_take(void *arg, int id, const char *value);
/* Keeps it until the end. */
char *view_request_own(struct view_request *r, char *s);
/* Can the client certificate be shown? Asks for the passphrase of its key. False: said why. (own.c) */
bool view_request_identity(struct view_request *r);
/* HOST[:PORT], also as it stands in a URL. False: said why. */
bool view_request_host(struct view_request *r, const char *text);
/* What a connection needs to be asked about: names and port into s. */
void view_request_sight(const struct view_request *r, struct sight *s);

int view_main(const struct command *self, int argc, char **argv);

#endif
