/* SPDX-License-Identifier: ISC
 *
 * load_files by a program that finds every function with dlsym(3) in a libssl that it loaded RTLD_LOCAL.
 */
#define FIND
#include "load_files.c"
#include <dlfcn.h>

static void *find(const char *name)
{
	static void *libraries[2];
	void *p;

	if (!libraries[0]) {
		libraries[0] = dlopen("libssl.so.3", RTLD_LAZY | RTLD_LOCAL);
		libraries[1] = dlopen("libcrypto.so.3", RTLD_LAZY | RTLD_LOCAL);
	}
	p = dlsym(libraries[0], name);
	if (!p)
		p = dlsym(libraries[1], name);
	if (!p)
		exit(99);
	return p;
}
