/* SPDX-License-Identifier: ISC
 *
 * A file in a sentence: what it is for, and its path.
 */
#include "diagnosis.h"

#include <string.h>

const char *file_role_name(const struct evidence *e)
{
	static const char names[][32] = {
	    [FILE_CA] = "CA file",
	    [FILE_CERTIFICATE] = "certificate file",
	    [FILE_KEY] = "key file",
	    [FILE_PAIR] = "key file",
	    [FILE_CRL] = "file of revocation lists (CRL)",
	    [FILE_PKCS12] = "PKCS #12 file",
	    [FILE_OTHER] = "file",
	};
	return names[e->file_role];
}

const char *file_path_text(struct evidence *e, const char *path)
{
	struct buf b;
	buf_init(&b, 4096);
	if (path)
		escape_text(&b, path, strlen(path), 1024);
	const char *s = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return s ? s : "";
}
