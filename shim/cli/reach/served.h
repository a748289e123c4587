/* SPDX-License-Identifier: ISC */
#ifndef TLSMEND_CLI_SERVED_H
#define TLSMEND_CLI_SERVED_H

#include "../cli.h"

/* Why a copy of that version text, in these files, is not served; NULL: it is, or nothing speaks against it. free(3) it. crypto may be NULL. */
char *not_served(const char *version, const char *ssl, const char *crypto);

#endif
