/* SPDX-License-Identifier: ISC */
#ifndef TLSMEND_CLI_SANITIZER_H
#define TLSMEND_CLI_SANITIZER_H

#include "../cli.h"

/* AddressSanitizer's runtime as a library of its own: at its start it ends a program in which another preloaded library comes before it. */
bool is_sanitizer(const char *library);
/* Does it in this program, or was it told not to (ASAN_OPTIONS), or does LD_PRELOAD already begin with it? */
bool sanitizer_minds(const char *program);
/* The length of LD_PRELOAD's first entry, where that is the runtime: the library goes behind it; else 0. */
size_t sanitizer_in_front(const char *preload);

#endif
