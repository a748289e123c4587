/* SPDX-License-Identifier: ISC
 *
 * One connection to a server, made by a process of its own, and what it saw, as lines of JSON.
 */
#ifndef TLSMEND_CLI_VIEW_PROBE_H
#define TLSMEND_CLI_VIEW_PROBE_H

#include "../cli.h"

struct probe {
	const char *host; /* to connect to */
	unsigned port;
	const char *name; /* to ask for and to expect; "": the host */
	const char *starttls, *certificate, *key, *proxy; /* "": none */
	unsigned seconds;
};
/* As words of a command line, for probe_main(); up to a NULL. */
enum { PROBE_WORDS = 12 };
struct probe_words {
	char numbers[3][16];
	char *word[PROBE_WORDS];
};
void probe_words(const struct probe *p, int fd, struct probe_words *out);

/* `tlsmend --probe ...`: what this machine's clients do by default, under the library. */
int probe_main(char **words);

/* In a child that nobody preloads: does the server speak that version at all, and what does it ask for? Nothing is verified, and
 * nothing is sent. */
struct probe_version {
	const char *name;
	int number;
};
enum { PROBE_VERSIONS = 4 };
extern const struct probe_version probe_versions[PROBE_VERSIONS];
void probe_version(const struct probe *p, const struct probe_version *v, int fd);

#endif
