/* SPDX-License-Identifier: ISC
 *
 * Directories of CA certificates in which OpenSSL finds nothing, though somebody put certificates there.
 */
#include "diagnosis.h"

#include <string.h>

static const char *count_text(struct evidence *e, unsigned n)
{
	return say(e, say_int(e, n), n == 1 ? " file" : " files", (char *)NULL);
}

static void help_rehash(struct diagnosis *d, const char *path)
{
	help_line(d, say(d->e, "    openssl rehash ", path, (char *)NULL));
}

/* The wanted CA is there under a name that OpenSSL never looks at. */
static void help_holder(struct diagnosis *d, const struct ca_directory *dir)
{
	struct evidence *e = d->e;
	const char *path = say_string(e, dir->path);
	help_line(
	    d,
	    say(e, "the directory ", path, " has a CA of the wanted name in ",
		say_string(e, dir->holder), ", but OpenSSL looks only for ", e->wanted_hash,
		".0 there. If this CA is meant to be trusted, make that link with:", (char *)NULL));
	help_rehash(d, path);
}

const struct ca_directory *directory_holder(const struct diagnosis *d)
{
	for (size_t i = 0; i < d->e->directory_count; i++) {
		const struct ca_directory *dir = &d->e->directories[i];
		if (dir->holder && !dir->wanted_there && d->e->wanted_hash[0] != '\0')
			return dir;
	}
	return NULL;
}

static void note_directory(struct diagnosis *d, const struct ca_directory *dir)
{
	struct evidence *e = d->e;
	const char *path = say_string(e, dir->path);
	if (dir->is_file)
		note_line(d, say(e, path,
				 " was given to the client as a directory of CA certificates, "
				 "but it is a file: give it as a file (curl: --cacert)",
				 (char *)NULL));
	else if (dir->error == EACCES || dir->error == EPERM)
		note_line(d, say(e, "the directory of CA certificates ", path,
				 " may not be entered by this process", (char *)NULL));
	else if (dir->error != 0)
		note_line(d,
			  say(e, "the directory of CA certificates ", path,
			      " is not there; OpenSSL does not say so when it is told to search it",
			      (char *)NULL));
	else if (dir->wanted_error == ENOENT)
		note_line(d,
			  say(e, path, "/", e->wanted_hash,
			      ".0, where OpenSSL looks for the wanted CA, is a symbolic link that "
			      "leads nowhere; openssl rehash ",
			      path, " makes the links anew", (char *)NULL));
	else if (dir->wanted_error != 0)
		note_line(d, say(e, path, "/", e->wanted_hash,
				 ".0, where OpenSSL looks for the wanted CA, cannot be read: ",
				 errno_text(dir->wanted_error), (char *)NULL));
	else if (dir->files > 0 && dir->hashed == 0 && !dir->bounded && !dir->holder)
		note_line(d, say(e, "the directory ", path, " has ", count_text(e, dir->files),
				 ", but none is called after a hash (", e->wanted_hash,
				 ".0 is wanted), so none of them counts; openssl rehash ", path,
				 " makes the links", (char *)NULL));
}

/* A place among those of a list with colons: /etc/ssl is none of /etc/ssl/certs. */
static bool is_listed(const char *list, const char *path)
{
	const size_t n = strlen(path);
	for (const char *s = list; n > 0 && (s = strstr(s, path)); s++) {
		if ((s == list || s[-1] == ':') && (s[n] == '\0' || s[n] == ':'))
			return true;
	}
	return false;
}

bool directory_was_given(const struct evidence *e)
{
	for (size_t i = 0; i < e->directory_count; i++) {
		if (!e->default_dir || !is_listed(e->default_dir, e->directories[i].path))
			return true;
	}
	return false;
}

void explain_directories(struct diagnosis *d)
{
	if (directory_holder(d))
		help_holder(d, directory_holder(d));
	for (size_t i = 0; i < d->e->directory_count; i++)
		note_directory(d, &d->e->directories[i]);
}
