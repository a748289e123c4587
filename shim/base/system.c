/* SPDX-License-Identifier: ISC */
#include <tlsmend/system.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A register has 32 bits. */
#if UINTPTR_MAX == UINT32_MAX
#define NARROW
_Static_assert(sizeof(time_t) == sizeof(long),
	       "the calls below have the kernel's older structures (not _TIME_BITS=64)");
#endif

static long pointer(const void *p)
{
	return (long)(intptr_t)p;
}

#ifdef __i386__
/* Linux before 4.3 has one call for all of sockets, and glibc knows no other. By the number of the later ones. */
static const uint8_t of_socketcall[] = {1, 8, 2, 3, 4, 18, 15, 14, 6, 7, 11, 16, 12, 17, 13};
_Static_assert(SYS_socketpair == SYS_socket + 1 && SYS_getpeername == SYS_socket + 9 &&
		   SYS_shutdown == SYS_socket + 14,
	       "of_socketcall is in the order of the numbers");
#endif

/* Never through syscall(3), which may be the host's; nor does libc's errno come into it. */
long sys_call(long number, long a, long b, long c, long d, long e, long f)
{
#if defined __x86_64__
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
#elif defined __aarch64__
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;
	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
#elif defined __i386__
	const long given[6] = {a, b, c, d, e, f};
	long result;
	if (number >= SYS_socket && number <= SYS_shutdown) {
		a = of_socketcall[number - SYS_socket];
		b = pointer(given);
		number = SYS_socketcall;
	}
	/* the sixth goes into a register that the compiler has for itself */
	__asm__ volatile("pushl %7\n\tpushl %%ebp\n\tmovl 4(%%esp), %%ebp\n\t"
			 "int $0x80\n\tpopl %%ebp\n\taddl $4, %%esp"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), "g"(f)
			 : "memory");
	return result;
#elif defined __arm__
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;
	register long r4 __asm__("r4") = e;
	register long r5 __asm__("r5") = f;
	/* the number's register may be the one that the compiler has for itself */
	__asm__ volatile("mov ip, r7\n\tmov r7, %1\n\tsvc #0\n\tmov r7, ip"
			 : "+r"(r0)
			 : "r"(number), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
			 : "ip", "memory");
	return r0;
#else
#error "no way into the kernel known for this architecture"
#endif
}

int sys_open(const char *path, int flags, unsigned mode)
{
	int fd;
	do
		fd = (int)sys_call(SYS_openat, AT_FDCWD, pointer(path),
				   flags | O_CLOEXEC | O_NOCTTY | O_LARGEFILE, (long)mode, 0, 0);
	while (fd == -EINTR);
	return sys_above_standard(fd);
}

int sys_above_standard(int fd)
{
	if (fd < 0 || fd > 2)
		return fd;
	int moved = sys_fcntl(fd, F_DUPFD_CLOEXEC, 3);
	sys_close(fd);
	return moved;
}

int sys_close(int fd)
{
	return (int)sys_call(SYS_close, fd, 0, 0, 0, 0, 0);
}

long sys_read(int fd, void *data, size_t n)
{
	long got;
	do
		got = sys_call(SYS_read, fd, pointer(data), (long)n, 0, 0, 0);
	while (got == -EINTR);
	return got;
}

long sys_write(int fd, const void *data, size_t n)
{
	return sys_call(SYS_write, fd, pointer(data), (long)n, 0, 0, 0);
}

/* The kernel's struct stat is libc's with 64 bits for the size (Makefile). */
#ifdef NARROW
#define CALL_STAT  SYS_fstatat64
#define CALL_FSTAT SYS_fstat64
#else
#define CALL_STAT  SYS_newfstatat
#define CALL_FSTAT SYS_fstat
#endif

int sys_stat(const char *path, struct stat *st)
{
	return (int)sys_call(CALL_STAT, AT_FDCWD, pointer(path), pointer(st), 0, 0, 0);
}

int sys_fstat(int fd, struct stat *st)
{
	return (int)sys_call(CALL_FSTAT, fd, pointer(st), 0, 0, 0, 0);
}

int64_t sys_seek(int fd, int64_t offset, int whence)
{
#ifdef NARROW
	int64_t at = 0;
	const long error =
	    sys_call(SYS__llseek, fd, (long)(offset >> 32), (long)offset, pointer(&at), whence, 0);
	return error ? error : at;
#else
	return sys_call(SYS_lseek, fd, offset, whence, 0, 0, 0);
#endif
}

long sys_read_at(int fd, void *data, size_t n, int64_t offset)
{
#if defined __arm__
	/* a pair of registers begins with an even one */
	return sys_call(SYS_pread64, fd, pointer(data), (long)n, 0, (long)offset,
			(long)(offset >> 32));
#elif defined NARROW
	return sys_call(SYS_pread64, fd, pointer(data), (long)n, (long)offset, (long)(offset >> 32),
			0);
#else
	return sys_call(SYS_pread64, fd, pointer(data), (long)n, offset, 0, 0);
#endif
}

void *sys_map_memory(size_t n)
{
#ifdef NARROW
	const long call = SYS_mmap2;
#else
	const long call = SYS_mmap;
#endif
	const union {
		long number;
		void *memory;
	} made = {.number = sys_call(call, 0, (long)n, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)};
	return made.number < 0 && made.number > -4096 ? NULL : made.memory;
}

long sys_getdents(int fd, void *entries, size_t n)
{
	return sys_call(SYS_getdents64, fd, pointer(entries), (long)n, 0, 0, 0);
}

long sys_readlink(const char *path, char *out, size_t n)
{
	return sys_call(SYS_readlinkat, AT_FDCWD, pointer(path), pointer(out), (long)n, 0, 0);
}

long sys_getxattr(const char *path, const char *name, void *out, size_t n)
{
	return sys_call(SYS_getxattr, pointer(path), pointer(name), pointer(out), (long)n, 0, 0);
}

int sys_fcntl(int fd, int command, long argument)
{
	return (int)sys_call(SYS_fcntl, fd, command, argument, 0, 0, 0);
}

int sys_ioctl(int fd, unsigned long request, void *argument)
{
	return (int)sys_call(SYS_ioctl, fd, (long)request, pointer(argument), 0, 0, 0);
}

int sys_poll(struct pollfd *p, unsigned count, int timeout_ms)
{
	struct timespec timeout = {timeout_ms / 1000, (timeout_ms % 1000) * 1000000L};
	return (int)sys_call(SYS_ppoll, pointer(p), (long)count, pointer(&timeout), 0, 0, 0);
}

int sys_getpid(void)
{
	return (int)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

int sys_gettid(void)
{
	return (int)sys_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
}
