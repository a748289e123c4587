/* SPDX-License-Identifier: ISC */
#include <tlsmend/base.h>

#include <tlsmend/system.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

/* By its number: it stands under other names too, mounted over what a container is not to see. */
static bool is_null_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

static struct file_id id_of(const struct stat *st)
{
	/* whoever writes to it changes nothing */
	if (is_null_device(st))
		return (struct file_id){.device = st->st_dev, .inode = st->st_ino};
	return (struct file_id){
	    .device = st->st_dev,
	    .inode = st->st_ino,
	    .size = (uint64_t)st->st_size,
	    .mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
	    .ctime_ns = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec,
	};
}

bool file_id_same(const struct file_id *a, const struct file_id *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

int file_identify(const char *path, struct file_id *id)
{
	struct stat st;
	const int error = -sys_stat(path, &st);
	*id = error ? (struct file_id){0} : id_of(&st);
	return error;
}

int file_status(const char *path, struct file_status *s)
{
	struct stat st;
	const int error = -sys_stat(path, &st);
	*s = (struct file_status){0};
	if (!error)
		*s = (struct file_status){(uint64_t)st.st_size, st.st_uid, st.st_gid, st.st_mode};
	return error;
}

bool file_has_access_list(const char *path)
{
	return sys_getxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

bool file_is_link(const char *path)
{
	char c;
	return sys_readlink(path, &c, sizeof c) > 0;
}

bool file_link(const char *path, char *target, size_t n)
{
	const long got = sys_readlink(path, target, n);
	if (got <= 0 || (size_t)got >= n)
		return false;
	target[got] = '\0';
	return true;
}

static int acceptable(const struct stat *st, size_t limit)
{
	if (S_ISDIR(st->st_mode))
		return EISDIR;
	if (is_null_device(st))
		return 0;
	if (!S_ISREG(st->st_mode))
		return EINVAL;
	return st->st_size > 0 && (uint64_t)st->st_size > limit ? EFBIG : 0;
}

/* Until the end, whatever the size said before: files of /proc say 0, and a log may grow meanwhile.
 */
static int read_all(int fd, size_t limit, struct buf *b)
{
	const size_t start = b->len;
	for (;;) {
		/* One byte more than allowed, to notice a file that is too large. */
		if (b->cap < b->len + 2 && !buf_reserve(b, b->cap + 4096) && !buf_reserve(b, 1))
			return ENOMEM;
		long got = sys_read(fd, b->data + b->len, b->cap - 1 - b->len);
		if (got < 0)
			return (int)-got;
		if (!got)
			return 0;
		b->len += (size_t)got;
		b->data[b->len] = '\0';
		if (b->len - start > limit)
			return EFBIG;
	}
}

static int read_open(int fd, size_t limit, struct buf *b, struct stat *st)
{
	const size_t start = b->len, buf_limit = b->limit;
	int error = -sys_fstat(fd, st);
	if (buf_limit && buf_limit - start < limit)
		limit = buf_limit - start;
	b->limit = 0;
	if (!error)
		error = acceptable(st, limit);
	if (!error && !buf_reserve(b, (size_t)st->st_size + 1))
		error = ENOMEM;
	if (!error)
		error = read_all(fd, limit, b);
	if (error && b->data) { /* never half a file */
		b->len = start;
		b->data[start] = '\0';
	}
	b->limit = buf_limit;
	return error;
}

/* Half of what is written in place may well look like a whole file. */
static bool changed_meanwhile(int fd, const struct stat *before)
{
	const struct file_id was = id_of(before);
	struct stat st;
	if (sys_fstat(fd, &st) != 0)
		return true;
	struct file_id is = id_of(&st);
	is.ctime_ns = was.ctime_ns; /* a rename or another link to it is no change */
	return before->st_size > 0 && !file_id_same(&was, &is);
}

int file_read(const char *path, size_t limit, struct buf *b, struct file_id *id, uint32_t *owner,
	      uint32_t *mode)
{
	const size_t start = b->len;
	struct stat st;
	int fd, error = -sys_stat(path, &st);
	if (id)
		*id = (struct file_id){0};
	if (!error)
		/* Looked at before it is opened: opening a FIFO or a device acts on others. */
		error = acceptable(&st, limit);
	if (error)
		return error;
	fd = sys_open(path, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return -fd;
	/* The identity from before the reading: a change during it shows as a new version later. */
	error = read_open(fd, limit, b, &st);
	if (!error && id && changed_meanwhile(fd, &st)) {
		error = EAGAIN;
		b->len = start;
	}
	sys_close(fd);
	if (error)
		return error;
	if (id)
		*id = id_of(&st);
	if (owner)
		*owner = st.st_uid;
	if (mode)
		*mode = st.st_mode;
	return 0;
}

/* getdents64(2) */
struct entry {
	uint64_t inode;
	int64_t offset;
	unsigned short size;
	unsigned char type;
	char name[];
};

static bool each_entry(const char *entries, size_t n, bool (*entry)(void *arg, const char *name),
		       void *arg)
{
	const struct entry *d;
	for (; n > 0; entries += d->size, n -= d->size) {
		d = (const void *)entries;
		if (strcmp(d->name, ".") != 0 && strcmp(d->name, "..") != 0 && !entry(arg, d->name))
			return false;
	}
	return true;
}

int file_list(const char *path, bool (*entry)(void *arg, const char *name), void *arg)
{
	enum { BYTES = 8192 };
	char *entries = malloc(BYTES);
	long got = -ENOMEM;
	const int fd = entries ? sys_open(path, O_RDONLY | O_NONBLOCK | O_DIRECTORY, 0) : -ENOMEM;
	if (fd >= 0) {
		do
			got = sys_getdents(fd, entries, BYTES);
		while (got > 0 && each_entry(entries, (size_t)got, entry, arg));
		sys_close(fd);
	}
	free(entries);
	return fd < 0 ? -fd : got < 0 ? (int)-got : 0;
}

int file_scan(const char *path, bool (*visit)(void *arg, const char *data, size_t n), void *arg)
{
	enum { BLOCK = 64 * 1024, KEPT = 64 };
	char *data = malloc(KEPT + BLOCK);
	struct stat st;
	size_t kept = 0;
	long got = -ENOMEM;
	const int fd = data ? sys_open(path, O_RDONLY | O_NONBLOCK, 0) : -ENOMEM;
	if (fd >= 0) {
		got = sys_fstat(fd, &st);
		if (got == 0 && !S_ISREG(st.st_mode))
			got = -EINVAL;
		while (got >= 0 && (got = sys_read(fd, data + kept, BLOCK)) > 0) {
			const size_t n = kept + (size_t)got;
			if (!visit(arg, data, n))
				break;
			kept = n < KEPT ? n : KEPT;
			memmove(data, data + n - kept, kept);
		}
		sys_close(fd);
	}
	free(data);
	return fd < 0 ? -fd : got < 0 ? (int)-got : 0;
}
