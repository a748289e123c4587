/* SPDX-License-Identifier: ISC */
#ifndef TLSMEND_CLI_VERDICT_H
#define TLSMEND_CLI_VERDICT_H

#include "target.h"

/* "node: out of reach: OpenSSL 3.0.19 is linked into the program; use NODE_EXTRA_CA_CERTS=FILE". free(3) it. */
char *verdict_line(const struct target *t);

#endif
