/* SPDX-License-Identifier: ISC
 *
 * A running process: what is mapped tells more than any file. Libraries that were replaced on disk since show as
 * "(deleted)" and are read through /proc/PID/map_files.
 */
#include <ctype.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "served.h"
#include "target.h"

struct process {
	char directory[32]; /* /proc/4711 */
	struct target *target;
	bool loaded; /* libtlsmend.so is mapped */
	bool disabled;
	unsigned openssl;   /* copies of libssl that are mapped */
	char *version;      /* of the first */
	char *ssl, *crypto; /* by which paths its two libraries can be read; NULL: not */
	char *
	    hidden; /* a copy that shows no functions: "OpenSSL 3.0.13 is linked into librdkafka.so.1"; NULL: none */
	const char *hidden_knob;
	const struct other_tls *other;
};

/* One whole small file of /proc; NULL: not readable. free(3) it. */
static char *slurp(const struct process *p, const char *name, size_t *length)
{
	char path[64];
	char *data = NULL;
	size_t size = 0, n = 0, got;
	snprintf(path, sizeof path, "%s/%s", p->directory, name);
	FILE *f = fopen(path, "re");
	if (!f)
		return NULL;
	do {
		size += 64 * 1024;
		data = checked(realloc(data, size + 1));
		got = fread(data + n, 1, size - n, f);
		n += got;
	} while (n == size);
	fclose(f);
	data[n] = '\0';
	if (length)
		*length = n;
	return data;
}

static void read_environment(struct process *p)
{
	size_t n = 0;
	char *data = slurp(p, "environ", &n);
	if (!data) {
		target_fact(p->target, "note", "its environment cannot be read by this user", NULL);
		return;
	}
	for (const char *at = data; at < data + n; at += strlen(at) + 1) {
		if (strncmp(at, "TLSMEND_", 8) == 0 || strncmp(at, "LD_PRELOAD=", 11) == 0)
			target_fact(p->target, "variable", at, NULL);
		if (strcmp(at, "TLSMEND_DISABLE=1") == 0)
			p->disabled = true;
	}
	free(data);
}

static void read_secure(struct process *p)
{
	size_t n = 0;
	char *data = slurp(p, "auxv", &n);
	for (size_t i = 0; data && i + sizeof(ElfW(auxv_t)) <= n; i += sizeof(ElfW(auxv_t))) {
		ElfW(auxv_t) entry;
		memcpy(&entry, data + i, sizeof entry);
		if (entry.a_type == AT_SECURE && entry.a_un.a_val)
			target_fact(p->target, "note",
				    "it was started privileged (AT_SECURE): LD_PRELOAD was ignored",
				    NULL);
	}
	free(data);
}

/* A path by which the mapped file can be read, deleted or not, in whichever mount namespace. */
static char *readable_path(const struct process *p, const char *range, const char *path)
{
	char *mapped = join(p->directory, "/map_files/", range, NULL);
	if (access(mapped, R_OK) == 0)
		return mapped;
	free(mapped);
	char *rooted = join(p->directory, "/root", path, NULL);
	if (access(rooted, R_OK) == 0)
		return rooted;
	free(rooted);
	return NULL;
}

static bool is_crypto_name(const char *base)
{
	return strncmp(base, "libssl", 6) == 0 || strncmp(base, "libcrypto", 9) == 0;
}

static void note_hidden(struct process *p, const char *file, const char *path)
{
	const char *base = path_base(path);
	char *version = elf_hidden_openssl(file);
	if (!version)
		return;
	const char *knob = knob_for(base, REASON_HIDDEN);
	target_fact(p->target, "other", version, " is linked into ", path,
		    ", with its functions hidden; its connections are not seen; ", knob, NULL);
	if (!p->hidden) {
		p->hidden = join(version, " is linked into ", base, NULL);
		p->hidden_knob = knob;
	}
	free(version);
}

static void mapped_file(struct process *p, const char *range, const char *path)
{
	const char *base = path_base(path);
	const struct other_tls *other = other_tls_by_soname(base);
	struct elf_facts elf;
	if (strncmp(base, "libtlsmend.so", 13) == 0) {
		p->loaded = true;
		target_fact(p->target, "library", path, NULL);
		return;
	}
	if (other) {
		p->other = other;
		target_fact(p->target, "other", other->name, ": ", path,
			    "; its connections are not seen", NULL);
	}
	char *file = readable_path(p, range, path);
	if (!file) {
		/* The name has to do. */
		if (is_crypto_name(base) && !other)
			target_fact(p->target, "openssl", path, " (not readable)", NULL);
		return;
	}
	if (elf_read(file, &elf) == 0 &&
	    (elf.exports & (DEFINES_X509_VERIFY | DEFINES_SSL_CTX_CTRL))) {
		char *version = elf_tls_version(file);
		p->openssl += (elf.exports & DEFINES_SSL_CTX_CTRL) != 0;
		if (!p->ssl && elf.exports & DEFINES_SSL_CTX_CTRL)
			p->ssl = copy_string(file);
		if (!p->crypto && elf.exports & DEFINES_X509_VERIFY)
			p->crypto = copy_string(file);
		target_fact(p->target, "openssl", path, version ? " (" : "", version ? version : "",
			    version ? ")" : "", NULL);
		if (!p->version)
			p->version = version;
		else
			free(version);
	} else if (elf.is_elf && !elf.interpreter && !elf.refers &&
		   !(elf.exports & DEFINES_SSL_CTX_NEW)) {
		note_hidden(p, file, path);
	}
	elf_free(&elf);
	free(file);
}

static void read_maps(struct process *p)
{
	char *maps = slurp(p, "maps", NULL), *save = NULL;
	char last[4096] = "";
	for (char *line = maps ? strtok_r(maps, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *path = strchr(line, '/');
		if (!path || strcmp(path, last) == 0)
			continue;
		snprintf(last, sizeof last, "%s", path);
		line[strcspn(line, " ")] = '\0';
		mapped_file(p, line, path);
	}
	free(maps);
}

static void judge_loaded(struct process *p)
{
	struct target *t = p->target;
	char *why = p->ssl ? not_served(p->version, p->ssl, p->crypto) : NULL;
	if (p->disabled) {
		target_verdict(t, REACH_NO, REASON_DISABLED, NULL);
	} else if (p->openssl == 1 && why) {
		target_verdict(t, REACH_NO, REASON_UNSERVED, why);
	} else if (p->openssl) {
		target_verdict(t, REACH_YES, REASON_NONE, NULL);
		free(t->why);
		t->why =
		    join("the library is loaded, and ", p->version ? p->version : "OpenSSL", NULL);
	} else if (p->hidden) {
		target_verdict(t, REACH_NO, REASON_HIDDEN, p->hidden);
		t->knob = p->hidden_knob;
	} else {
		target_verdict(t, REACH_YES, REASON_NONE, NULL);
		free(t->why);
		t->why = copy_string("the library is loaded; OpenSSL is not, so far");
	}
	free(why);
}

/* A container's process, or one below chroot(2): it has other libraries under the same names. */
static bool has_other_root(const struct process *p)
{
	char *path = join(p->directory, "/root/.", NULL);
	struct stat its, own;
	const bool other = stat(path, &its) == 0 && stat("/.", &own) == 0 &&
			   (its.st_dev != own.st_dev || its.st_ino != own.st_ino);
	free(path);
	return other;
}

/* What the program's own file says, whatever stands around it. */
static bool is_of_the_file(enum reason r)
{
	static const enum reason reasons[] = {
	    REASON_STATIC,      REASON_GO,         REASON_RUSTLS,
	    REASON_JAVA,        REASON_ERLANG,     REASON_LINKED_IN,
	    REASON_OTHER_CLASS, REASON_OTHER_LIBC, REASON_PRIVILEGED};
	for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++)
		if (r == reasons[i])
			return true;
	return false;
}

/* By its own path, where that still is the same file: what is known of programs goes by their names. */
static const char *way_to(const char *link, const char *exe)
{
	return path_same_file(link, exe) ? exe : link;
}

/* Not loaded: would it be, after a restart? */
static void judge_not_loaded(struct process *p, const char *link, const char *exe)
{
	struct target *t = p->target, file;
	const bool elsewhere = has_other_root(p);
	const char *way = way_to(link, exe);
	target_inspect_running(way, &file);
	if (elsewhere)
		target_fact(t, "note",
			    "it has a root of its own (a container, or chroot); 'tlsmend env "
			    "--docker' shows what has to be in it",
			    NULL);
	if (file.reach == REACH_NO && file.reason != REASON_NOT_A_PROGRAM &&
	    (!elsewhere || is_of_the_file(file.reason))) {
		t->reach = REACH_NO;
		t->reason = file.reason;
		t->knob = way == link && file.reason != REASON_HIDDEN
			      ? knob_for(path_base(exe), file.reason)
			      : file.knob;
		t->why = copy_string(file.why);
	} else {
		target_verdict(t, REACH_NO, REASON_NOT_LOADED, NULL);
	}
	target_free(&file);
}

/* false, with errno. The memory map is shown to whom the process may be; kernel threads, and what has ended, have none. */
static bool has_map(const struct process *p)
{
	char *path = join(p->directory, "/maps", NULL), byte;
	const int fd = open(path, O_RDONLY | O_CLOEXEC), error = errno;
	const bool good = fd >= 0 && read(fd, &byte, 1) == 1;
	if (fd >= 0)
		close(fd);
	free(path);
	errno = good ? 0 : fd >= 0 ? ENOEXEC : error;
	return good;
}

bool target_inspect_process(pid_t pid, struct target *t)
{
	struct process p = {.target = t};
	char exe[4096], link[64], number[16];
	memset(t, 0, sizeof *t);
	snprintf(p.directory, sizeof p.directory, "/proc/%d", (int)pid);
	if (access(p.directory, F_OK) != 0 || !has_map(&p))
		return false;
	snprintf(link, sizeof link, "%s/exe", p.directory);
	ssize_t n = readlink(link, exe, sizeof exe - 1);
	exe[n > 0 ? n : 0] = '\0';
	snprintf(number, sizeof number, "%d", (int)pid);
	t->name = join(n > 0 ? path_base(exe) : "process", "[", number, "]", NULL);
	target_fact(t, "program", n > 0 ? exe : "(not readable)", NULL);
	read_secure(&p);
	read_environment(&p);
	read_maps(&p);
	if (p.loaded)
		judge_loaded(&p);
	else
		judge_not_loaded(&p, link, exe);
	free(p.version);
	free(p.ssl);
	free(p.crypto);
	free(p.hidden);
	return true;
}
