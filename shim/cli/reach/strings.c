/* SPDX-License-Identifier: ISC
 *
 * Strings inside binaries: the version text is the one mark that a stripped, statically linked OpenSSL keeps.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elf.h"

enum { BLOCK = 256 * 1024, OVERLAP = 128 };

/* Calls visit for overlapping blocks of the file, each at most BLOCK + OVERLAP bytes, until it returns true. read(2), not
 * mmap(2): a file that shrinks meanwhile must not be SIGBUS. */
typedef bool block_visit(void *arg, const char *data, size_t n);

static bool each_block(const char *path, block_visit *visit, void *arg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *data = checked(malloc(OVERLAP + BLOCK));
	size_t kept = 0;
	bool done = false;
	ssize_t n;
	while (fd >= 0 && !done && (n = read(fd, data + kept, BLOCK)) > 0) {
		size_t have = kept + (size_t)n;
		done = visit(arg, data, have);
		kept = have < OVERLAP ? have : OVERLAP;
		memmove(data, data + have - kept, kept);
	}
	if (fd >= 0)
		close(fd);
	free(data);
	return done;
}

struct wanted {
	const char *text;
	size_t length;
};

static bool visit_wanted(void *arg, const char *data, size_t n)
{
	const struct wanted *w = arg;
	return memmem(data, n, w->text, w->length) != NULL;
}

bool file_contains_bytes(const char *path, const char *text, size_t length)
{
	struct wanted w = {text, length};
	return each_block(path, visit_wanted, &w);
}

bool file_contains(const char *path, const char *text)
{
	return file_contains_bytes(path, text, strlen(text));
}

/* Length of "1.1.1w", "3.0.19-dev", "3.5.0-beta1" at s; 0: no version. */
static size_t version_length(const char *s, const char *end)
{
	const char *at = s;
	unsigned dots = 0;
	while (at < end && (ascii_is_digit(*at) || (*at == '.' && at > s)))
		dots += *at++ == '.';
	if (dots != 2 || at[-1] == '.')
		return 0;
	while (at < end && at - s < 24 &&
	       ((*at >= 'a' && *at <= 'z') || (at[0] == '-') ||
		(at[-1] != ' ' && ascii_is_digit(*at))))
		at++;
	return (size_t)(at - s);
}

/* "OpenSSL 3.0.19 27 Jan 2026" has a date (since 0.9.6, with one or two spaces); talk about a version has not. */
static bool date_follows(const char *at, const char *end)
{
	while (at < end && *at == ' ')
		at++;
	return end - at > 2 && ascii_is_digit(at[0]) && (ascii_is_digit(at[1]) || at[1] == ' ');
}

static char *dated_version(const char *data, size_t n, const char *word)
{
	const char *end = data + n, *at = data;
	size_t length = strlen(word);
	while ((at = memmem(at, (size_t)(end - at), word, length))) {
		size_t version = version_length(at + length, end);
		if (version && date_follows(at + length + version, end))
			return checked(strndup(at, length + version));
		at += length;
	}
	return NULL;
}

static bool visit_version(void *arg, const char *data, size_t n)
{
	char **found = arg;
	/* Mirrors of a Debian package carry a suffix behind the letter; "+quic" and "-fips" are kept. */
	*found = dated_version(data, n, "OpenSSL ");
	return *found != NULL;
}

static bool visit_libressl(void *arg, const char *data, size_t n)
{
	char **found = arg;
	const char *at = memmem(data, n, "LibreSSL ", 9);
	size_t version = at ? version_length(at + 9, data + n) : 0;
	if (version)
		*found = checked(strndup(at, 9 + version));
	return *found != NULL;
}

char *elf_tls_version(const char *path)
{
	char *found = NULL;
	if (each_block(path, visit_version, &found) || each_block(path, visit_libressl, &found))
		return found;
	/* Paths of source files in error records: these two have no version. */
	if (file_contains(path, "boringssl/ssl/") || file_contains(path, "boringssl/src/ssl/") ||
	    file_contains(path, "boringssl/crypto/") ||
	    file_contains(path, "boringssl/src/crypto/"))
		return copy_string("BoringSSL");
	if (file_contains(path, "aws-lc/") && file_contains(path, "SSL_CTX"))
		return copy_string("AWS-LC");
	return NULL;
}

char *elf_hidden_openssl(const char *path)
{
	/* of the key derivation; the version alone may be the one that it was compiled with */
	if (!file_contains(path, "master secret"))
		return NULL;
	char *version = elf_tls_version(path);
	/* the linker took no more than was needed */
	if (!version && file_contains(path, "ssl/ssl_lib.c"))
		version = copy_string("OpenSSL");
	return version;
}
