/* SPDX-License-Identifier: ISC */
#ifndef TLSMEND_CLI_PRIVILEGE_H
#define TLSMEND_CLI_PRIVILEGE_H

#include "../cli.h"

struct privilege {
	const char *what; /* "setuid", "setgid", "given file capabilities"; NULL: none */
	bool for_us;      /* the calling user would get AT_SECURE from it */
};
void privilege_read(const char *path, struct privilege *p);

#endif
