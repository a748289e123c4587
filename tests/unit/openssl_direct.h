/* SPDX-License-Identifier: ISC
 *
 * The OpenSSL table filled from the system's own libcrypto and libssl, for units and fuzz targets. No version logic: that
 * belongs to shim/openssl; only the other name of api.def is tried.
 */
#ifndef TLSMEND_TEST_OPENSSL_DIRECT_H
#define TLSMEND_TEST_OPENSSL_DIRECT_H

#include <tlsmend/openssl.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static inline void *openssl_direct_symbol(const char *name)
{
	static const char *const files[] = {"libcrypto.so.3", "libssl.so.3",  "libcrypto.so.1.1",
					    "libssl.so.1.1",  "libcrypto.so", "libssl.so"};
	static void *handles[ARRAY_LENGTH(files)];
	static bool opened;
	void *found = NULL;
	size_t i;

	for (i = 0; !opened && i < ARRAY_LENGTH(files); i++)
		handles[i] = dlopen(files[i], RTLD_NOW);
	opened = true;
	for (i = 0; !found && name && i < ARRAY_LENGTH(files); i++)
		found = handles[i] ? dlsym(handles[i], name) : NULL;
	return found;
}

static inline const struct openssl *openssl_direct(void)
{
	static struct openssl table;
	static bool filled;
	void *found;

	if (filled)
		return &table;
#define API(lib, need, ret, name, params, also)                                                    \
	found = openssl_direct_symbol(#name);                                                      \
	if (!found)                                                                                \
		found = openssl_direct_symbol(also);                                               \
	memcpy(&table.API_FIELD_##need(name), &found, sizeof(found));
#include "../../shim/openssl/api.def"
#undef API
	table.version = table.OpenSSL_version_num ? table.OpenSSL_version_num() : 0;
	snprintf(table.version_text, sizeof(table.version_text), "OpenSSL %lu.%lu.%lu",
		 table.version >> 28, (table.version >> 20) & 0xff, (table.version >> 4) & 0xff);
	table.later_known = true;
	filled = true;
	return &table;
}

#endif
