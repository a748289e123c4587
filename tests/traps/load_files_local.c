/* SPDX-License-Identifier: ISC
 *
 * load_files in a plugin: a main program without OpenSSL, a shared object that is linked with it and loaded RTLD_LOCAL.
 */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	void *handle = dlopen("libload_files.so", RTLD_NOW | RTLD_LOCAL);
	union {
		void *object;
		int (*function)(int, char **);
	} run = {handle ? dlsym(handle, "load_files_main") : NULL};

	if (!run.object) {
		fprintf(stderr, "%s\n", dlerror());
		return 99;
	}
	return run.function(argc, argv);
}
