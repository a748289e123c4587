/* SPDX-License-Identifier: ISC */
#ifndef TLSMEND_CLI_SCRIPT_H
#define TLSMEND_CLI_SCRIPT_H

#include "target.h"

enum script_end { SCRIPT_PROGRAM, SCRIPT_NO_INTERPRETER, SCRIPT_TOO_DEEP };
/* Follows "#!" lines, through env(1), from path to the file that the kernel would load at last. *program is that file, or
 * the name that is missing; free(3) it. Each line becomes a fact of t. */
enum script_end script_follow(const char *path, struct target *t, char **program);

#endif
