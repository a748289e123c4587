/* SPDX-License-Identifier: ISC */
#ifndef TLSMEND_CLI_TLS_H
#define TLSMEND_CLI_TLS_H

#include "target.h"

/* Decides by which TLS library the program speaks, where preloading works at all. Fills verdict and facts. */
void tls_judge(struct target *t);

#endif
