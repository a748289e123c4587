/* SPDX-License-Identifier: ISC
 *
 * From a failure to a rule: which certificate, is it the right one, and where it is written down.
 */
#ifndef TLSMEND_CLI_TRUST_H
#define TLSMEND_CLI_TRUST_H

#include <tlsmend/policy.h>

#include "../configuration/sources.h"
#include "../view/sight.h"

/* What every line that we write begins with, so that `untrust` knows its own. */
#define TRUST_MARK "# tlsmend trust: "

enum trust_option {
	TRUST_SHA256 = VIEW_OPTIONS,
	TRUST_FETCH,
	TRUST_FROM,
	TRUST_DRY_RUN,
};

/* ---- fetch.c --------------------------------------------------------------------------------------- */
/* The certificates at an http URL, as PEM; "" and *why where there are none. free(3) both. */
char *fetch_certificates(const char *url, const char *proxy, unsigned seconds, char **why);

/* ---- candidate.c ------------------------------------------------------------------------------------ */
enum { CANDIDATE_MOST = 8 };
struct candidate {
	/* From the issuer of what the server sent up to the root; only what the file needs. */
	struct seen_certificate certificate[CANDIDATE_MOST];
	size_t count;
	int anchor;       /* which of them is self-issued and so becomes an anchor; -1: none */
	char *missing;    /* the name of a CA that nobody had; NULL: none */
	char *url;        /* where it may be had; NULL: not known */
	const char *from; /* of the anchor, in words */
};
/* ca: PEM of what may be used, or NULL. */
void candidate_find(struct candidate *c, const struct sight *s, const char *ca, bool fetch);
void candidate_free(struct candidate *c);
char *candidate_pem(const struct candidate *c); /* free(3) it */

/* ---- fingerprint.c ----------------------------------------------------------------------------------- */
/* 64 hexadecimal digits, with colons, blanks or a label in front or not, into pairs with colons. NULL: good; else what is wrong. */
const char *fingerprint_parse(const char *text, char out[96]);
/* Asks whoever sits there. True: it is the one of that certificate. */
bool fingerprint_confirm(const struct seen_certificate *c, const char *given);

/* ---- edit.c: text of a configuration -------------------------------------------------------------------- */
/* Adds the text with line `at` (from 1) replaced by `with`, or with `with` behind line `at` where `behind`. Lines end in LF. */
void edit_line(struct buf *out, const char *text, size_t n, unsigned at, const char *with,
	       bool behind);
/* Line `at`, without its end; false: there is none. */
bool edit_get(const char *text, size_t n, unsigned at, const char **line, size_t *length);
/* Does nothing but comments and blanks stand from line `first` to `last`? last 0: to the end. */
bool edit_is_bare(const char *text, size_t n, unsigned first, unsigned last);

/* ---- place.c --------------------------------------------------------------------------------------------- */
struct place {
	char *scope;           /* the pattern of the section: HOST or HOST:PORT */
	char *pem;             /* path of the CA file */
	char *config;          /* path of the configuration that is changed */
	struct buf old, fresh; /* its text */
	uint32_t owner, group, mode;
	bool exists;             /* the file does */
	bool unchanged;          /* the section is as it should be */
	struct buf certificates; /* what the CA file is to hold */
	char *section;           /* what is written, to be shown */
};
/* Where a rule for this host goes, and what the files then say. False: said why. */
bool place_find(struct place *p, struct settings *s, bool user, const struct host_port *at,
		const char *certificates, const char *about);
void place_free(struct place *p);
/* The host, and its port behind a "+", which is in no host's name, as a name of a file. free(3) it. */
char *place_file_name(const struct host_port *at, const char *suffix);

/* ---- rule_at.c: which rule stands in the files ------------------------------------------------------------ */
struct rule_at {
	struct sources sources;
	struct policy *policy;
	/* A section for what was asked for alone or, where there is none, one for the same host on every port that adds trust already: any key
	 * of it, and its ExtraCAFile. NULL: none. */
	const struct setting *any, *extra;
	const struct setting *only;    /* OnlyCAFile that holds for the host; NULL: none */
	const struct setting *applies; /* ExtraCAFile that holds for the host; NULL: none */
};
/* False: a file cannot be read or has errors, which was said. */
bool rule_at_find(struct rule_at *r, const struct settings *s, const struct host_port *at);
/* Is this setting of a section of a file that is for one host and nothing else? Its port then, 0: every one, in *port. */
bool rule_at_is_its_own(const struct setting *s, const char *host, unsigned *port);
void rule_at_free(struct rule_at *r);
/* With the text of one file replaced (or added): does that CA file then hold for the host? NULL: yes; else why not. free(3) it. */
char *rule_at_try(const struct rule_at *r, const char *path, const struct buf *text,
		  const struct host_port *at, const char *ca_file);
const struct source_file *rule_at_file(const struct rule_at *r, const char *path);

/* ---- write.c ------------------------------------------------------------------------------------------------ */
/* The whole file or nothing of it, by rename. 0, or an error number; EINVAL: what is there is no regular file. */
int write_whole(const char *path, const void *data, size_t n, const struct place *keep);
/* The folder of that file, and those above it. 0, or an error number. */
int make_folder(const char *path);

int trust_main(const struct command *self, int argc, char **argv);
int untrust_main(const struct command *self, int argc, char **argv);

/* ---- from.c -------------------------------------------------------------------------------------------------- */
struct from_host {
	char *asked; /* HOST:PORT */
	char *
	    sha256; /* of the certificate that the server had, as pairs with colons; "" not known */
};
struct from_list {
	struct from_host *host;
	size_t count;
};
/* The hosts of a log for which a CA may be missing. False: said why. */
bool from_read(struct from_list *l, const struct command *self, const char *path);
void from_free(struct from_list *l);

#endif
