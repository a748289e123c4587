/* SPDX-License-Identifier: ISC
 *
 * Room "base": the operating system behind one wall.
 *
 * Straight to the kernel, because the libc functions of these names either carry a symbol version
 * younger than 2.17 (stat, fstat: 2.33; fcntl64: 2.28), are cancellation points (a host that
 * cancels a thread inside a hook would leave our locks held), or are interposed by other preload
 * libraries. Every function returns a result >= 0 or a negated error number, and keeps errno. */
#ifndef TLSMEND_SYSTEM_H
#define TLSMEND_SYSTEM_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct pollfd;

/* Any one, by its number (syscalls(2)); what it does not take is 0. */
long sys_call(long number, long a, long b, long c, long d, long e, long f);
/* As libc's functions end: what is negative is -1, and errno. */
static inline long sys_answer(long result)
{
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}
/* Always close-on-exec, never becomes the controlling terminal, never 0, 1 or 2 for long: a host
 * that closed its standard descriptors must not find our file there. */
int sys_open(const char *path, int flags, unsigned mode);
/* Moves a new descriptor out of the way of 0, 1 and 2; passes a negated error number on. */
int sys_above_standard(int fd);
int sys_close(int fd);
long sys_read(int fd, void *data, size_t n); /* restarts after EINTR */
long sys_write(int fd, const void *data, size_t n);
int sys_stat(const char *path, struct stat *st); /* follows symbolic links */
int sys_fstat(int fd, struct stat *st);
int64_t sys_seek(int fd, int64_t offset, int whence);
long sys_read_at(int fd, void *data, size_t n, int64_t offset);
void *sys_map_memory(size_t n);                     /* of its own, to read and write; NULL: none */
long sys_getdents(int fd, void *entries, size_t n); /* struct linux_dirent64 */
long sys_readlink(const char *path, char *out, size_t n);
long sys_getxattr(const char *path, const char *name, void *out, size_t n); /* follows links */
int sys_fcntl(int fd, int command, long argument);
int sys_ioctl(int fd, unsigned long request, void *argument);
int sys_poll(struct pollfd *p, unsigned count, int timeout_ms);
int sys_getpid(void); /* never cached: old glibc's getpid() goes wrong after clone(2) */
int sys_gettid(void);

#endif
