/* SPDX-License-Identifier: ISC
 *
 * Trap: the plugin that brought libssl in is unloaded and loaded again, a hundred times. A table of function pointers that
 * outlives its copy, or one made anew at each load, crashes or leaks; a reference taken on the *caller* (dlopen with
 * RTLD_NOLOAD and no dlclose) keeps the plugin in the process for ever. Proves design.md#copies: the copy of OpenSSL is pinned,
 * nothing else is.
 *
 * reload PLUGIN PORT HOST ANCHORS [LIBSSL]   LIBSSL: says whether it is still there at the end
 */
#include "loader.h"

int main(int argc, char **argv)
{
	if (argc != 5 && argc != 6)
		return 95;
	for (int i = 0; i < 100; i++) {
		void *handle, *again;
		const struct plugin *plugin = plugin_load(argv[1], RTLD_NOW | RTLD_LOCAL, &handle);

		/* Handshakes are dear; the other rounds come and go without one. */
		if (i % 10 == 0)
			plugin_try(plugin, atoi(argv[2]), argv[3], argv[4]);
		if (dlclose(handle) != 0)
			printf("round %d: dlclose: %s\n", i, dlerror());
		again = dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD);
		if (again) {
			printf("round %d: the plugin stayed after dlclose\n", i);
			return 1;
		}
	}
	if (argc == 6)
		printf("the copy: %s\n", dlopen(argv[5], RTLD_NOW | RTLD_NOLOAD) ? "kept" : "gone");
	return 0;
}
