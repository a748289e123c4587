/* SPDX-License-Identifier: ISC
 *
 * Lookups by name, of the host and our own.
 */
#ifndef TLSMEND_HOOKS_DLSYM_H
#define TLSMEND_HOOKS_DLSYM_H

#include "hooks.h"

void *dlsym_choose(void *handle, const char *name, void *caller);
int dlopen_mode(const char *file, int mode);
void dlclose_prepare(void);
extern void *dlsym_real_address, *dlopen_real_address;

#endif
