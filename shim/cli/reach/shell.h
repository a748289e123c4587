/* SPDX-License-Identifier: ISC
 *
 * Shell scripts that start another program. They are read, not interpreted: what stands in a branch counts as well.
 */
#ifndef TLSMEND_CLI_SHELL_H
#define TLSMEND_CLI_SHELL_H

#include "../cli.h"

struct shell_script {
	char *
	    starts; /* the one program that it puts in its own place by exec; NULL: none, or several */
	unsigned starts_line; /* 0: none */
	char *drops; /* the word that keeps LD_PRELOAD from what is started there; NULL: none */
	unsigned drops_line;
};

bool is_shell(const char *interpreter);
/* false: it cannot be read. */
bool shell_read(const char *path, struct shell_script *s);
void shell_free(struct shell_script *s);

#endif
