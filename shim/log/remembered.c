/* SPDX-License-Identifier: ISC
 *
 * What stood behind the host's descriptors when the library was loaded: is it still there?
 */
#include "destination.h"

#include <tlsmend/system.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

struct identity {
	bool open;
	dev_t device, special;
	ino_t inode;
	mode_t type;
};
/* A file that is deleted leaves its number to a new one: that was made at another moment, and as a rule opened in another way. */
struct opening {
	struct identity file;
	int flags;                   /* access and O_APPEND; -1: not known */
	struct statx_timestamp born; /* regular files; 0: not known */
};
static struct opening remembered[DESCRIPTOR_COUNT];

static struct identity identity_of(const struct stat *st)
{
	return (struct identity){true, st->st_dev, st->st_rdev, st->st_ino, st->st_mode & S_IFMT};
}

static struct statx_timestamp birth_of(int fd)
{
	struct statx x = {0};
	if (sys_call(SYS_statx, fd, (long)(intptr_t) "", AT_EMPTY_PATH, STATX_BTIME,
		     (long)(intptr_t)&x, 0) ||
	    !(x.stx_mask & STATX_BTIME))
		return (struct statx_timestamp){0};
	return x.stx_btime;
}

static struct opening opening_of(int fd, const struct stat *st)
{
	struct opening o = {.file = identity_of(st), .flags = sys_fcntl(fd, F_GETFL, 0)};
	o.flags = o.flags < 0 ? -1 : o.flags & (O_ACCMODE | O_APPEND);
	if (S_ISREG(st->st_mode))
		o.born = birth_of(fd);
	return o;
}

void descriptor_remember(enum which_descriptor which, int fd)
{
	struct stat st;
	remembered[which] = (struct opening){0};
	if (fd >= 0 && !sys_fstat(fd, &st))
		remembered[which] = opening_of(fd, &st);
}

bool descriptor_is_terminal(int fd)
{
	char settings[128]; /* more than the kernel's struct termios */
	return sys_ioctl(fd, TCGETS, settings) == 0;
}

static bool same_file(const struct identity *a, const struct identity *b)
{
	return a->open && b->open && a->device == b->device && a->inode == b->inode &&
	       a->special == b->special && a->type == b->type;
}

bool descriptor_is_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

bool descriptor_is_as_it_was(enum which_descriptor which, int fd)
{
	struct stat st = {0};
	const int error = sys_fstat(fd, &st);
	const struct identity now = identity_of(&st);
	return !error && same_file(&remembered[which].file, &now);
}

static bool same_opening(const struct opening *a, const struct opening *b)
{
	return same_file(&a->file, &b->file) && a->flags == b->flags &&
	       a->born.tv_sec == b->born.tv_sec && a->born.tv_nsec == b->born.tv_nsec;
}

bool descriptor_is_still(enum which_descriptor which, int fd, const struct stat *st, int *flags)
{
	const struct opening now = opening_of(fd, st);
	*flags = now.flags;
	return same_opening(&remembered[which], &now);
}
