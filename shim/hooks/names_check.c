/* SPDX-License-Identifier: ISC
 *
 * A client asks OpenSSL, outside of a verification, whether a certificate is for a name. Its answer is what the client acts on.
 */
#include <arpa/inet.h>
#include <string.h>

#include "live.h"
#include "load.h"
#include "names.h"
#include "verification.h"

/* What was asked for, and the answer: 1 yes, 0 no, less: it could not tell. */
static void note(const struct target *t, X509 *x, const char *asked, int answer)
{
	const struct openssl *o = copy_api(t->copy);
	uint8_t leaf[32];
	if (t->caller != CALLER_HOST || !x || answer < 0 || !(live_any() || names_watched()))
		return;
	KEEP_ERRNO_BEGIN
	if (leaf_digest(o, x, leaf)) {
		live_read_names(x, leaf);
		names_note(leaf, answer ? NAMES_FIT : NAMES_DO_NOT_FIT, answer ? NULL : asked);
	}
	KEEP_ERRNO_END
}

/* `size` 0: it ends with a NUL. */
static const char *as_string(char to[256], const char *name, size_t size)
{
	if (!name)
		return NULL;
	size = size ? strnlen(name, size) : strlen(name);
	size = size < 255 ? size : 255;
	memcpy(to, name, size);
	to[size] = '\0';
	return to;
}

int hook_X509_check_host(const struct target *t, X509 *x, const char *name, size_t size,
			 unsigned int flags, char **peername)
{
	char text[256];
	int r = LOAD_REAL(int, X509 *, const char *, size_t, unsigned int,
			  char **)(x, name, size, flags, peername);
	note(t, x, as_string(text, name, size), r);
	return r;
}

int hook_X509_check_email(const struct target *t, X509 *x, const char *name, size_t size,
			  unsigned int flags)
{
	char text[256];
	int r = LOAD_REAL(int, X509 *, const char *, size_t, unsigned int)(x, name, size, flags);
	note(t, x, as_string(text, name, size), r);
	return r;
}

int hook_X509_check_ip(const struct target *t, X509 *x, const unsigned char *address, size_t size,
		       unsigned int flags)
{
	char text[INET6_ADDRSTRLEN];
	const char *asked = NULL;
	int r = LOAD_REAL(int, X509 *, const unsigned char *, size_t, unsigned int)(x, address,
										    size, flags);
	if (address && (size == 4 || size == 16))
		asked = inet_ntop(size == 4 ? AF_INET : AF_INET6, address, text, sizeof text);
	note(t, x, asked, r);
	return r;
}

int hook_X509_check_ip_asc(const struct target *t, X509 *x, const char *address, unsigned int flags)
{
	int r = LOAD_REAL(int, X509 *, const char *, unsigned int)(x, address, flags);
	note(t, x, address, r);
	return r;
}
