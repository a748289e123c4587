/* SPDX-License-Identifier: ISC
 *
 * Trap: a main program without OpenSSL loads a plugin RTLD_LOCAL; libssl comes in as the plugin's dependency and is in no
 * global scope. dlsym(RTLD_NEXT) from a preloaded library finds nothing there, so a hook that resolves so calls NULL or
 * leaves the plugin alone. Proves design.md#copies (resolve in the scope of the caller) and design.md#verification.
 * With flag "deepbind" (design.md#deepbind): the plugin's own calls never reach a preloaded library; nothing may change
 * unless TLSMEND_DEEPBIND=drop is set. The plugin may be given as a bare name: then it is found through this program's
 * RUNPATH, which a dlopen stub that calls instead of jumping loses.
 *
 * rtld_local PLUGIN FLAGS PORT HOST ANCHORS
 */
#include "loader.h"

int main(int argc, char **argv)
{
	int flags = RTLD_NOW | RTLD_LOCAL;
	void *handle;
	const struct plugin *plugin;

	if (argc != 6)
		return 95;
	if (strstr(argv[2], "deepbind"))
		flags |= RTLD_DEEPBIND;
	if (strstr(argv[2], "lazy"))
		flags = (flags & ~RTLD_NOW) | RTLD_LAZY;
	plugin = plugin_load(argv[1], flags, &handle);
	printf("libssl in the global scope: %s\n",
	       dlsym(RTLD_DEFAULT, "SSL_get_error") ? "yes" : "no");
	return plugin_try(plugin, atoi(argv[3]), argv[4], argv[5]) ? 0 : 1;
}
