/* SPDX-License-Identifier: ISC
 *
 * Room "base": what every other room stands on. Nothing here knows OpenSSL, TLS or the log.
 *
 * Rules of a guest, which hold for every function of this header:
 *  - no stdio, locale, exit, abort, atexit, thread or signal handler;
 *  - errno is left as it was, unless the function says that it returns an error number;
 *  - memory comes from malloc(3) and a failed allocation is an ordinary result, never a crash;
 *  - no function keeps more than 512 bytes on the stack.
 */
#ifndef TLSMEND_BASE_H
#define TLSMEND_BASE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define TLSMEND_VERSION "0.1.0"

/* ---- buf: a growing byte string -------------------------------------------------------------
 * Never fails loudly: when memory or `limit` runs out, what fits stays, `truncated` is set and
 * later additions are dropped. `data` is always NUL-terminated once something was added; it is
 * NULL before that. Not thread-safe. */
struct buf {
	char *data;     /* owned; free with buf_free() */
	size_t len;     /* bytes, without the terminating NUL */
	size_t cap;     /* bytes allocated */
	size_t limit;   /* len never exceeds this; 0 means no limit */
	bool truncated; /* something did not fit */
};

void buf_init(struct buf *b, size_t limit); /* allocates nothing */
void buf_free(struct buf *b);               /* ... and is empty, with the same limit */
void buf_clear(struct buf *b);              /* len = 0, keeps the memory and clears `truncated` */
void buf_add(struct buf *b, const void *data, size_t n);
void buf_puts(struct buf *b, const char *s); /* NULL adds nothing */
void buf_putc(struct buf *b, char c);
void buf_uint(struct buf *b, uint64_t v); /* decimal */
void buf_int(struct buf *b, int64_t v);   /* decimal */
void buf_hex(struct buf *b, const void *data, size_t n,
	     char separator);                             /* upper case; separator 0: none */
void buf_pad(struct buf *b, size_t column, size_t start); /* spaces until (len - start) == column */
/* Adds all strings up to a terminating NULL. */
void buf_strs(struct buf *b, const char *first, ...) __attribute__((sentinel));
/* Makes sure that n more bytes fit. False: limit or memory does not allow it; nothing changed. */
bool buf_reserve(struct buf *b, size_t n);
/* The string so far, never NULL ("" when empty). */
const char *buf_str(const struct buf *b);

/* Bytes from the peer or the store: UTF-8 or not, perhaps with NULs. Never NULL pointer when n > 0. */
struct text {
	const char *s;
	size_t n;
};

/* ---- escaping: what a peer sent must never act on a terminal or a log parser ------------------
 * Adds s[0..n) as printable UTF-8. Control characters (C0, DEL, C1), invalid UTF-8, bidirectional
 * controls and line/paragraph separators (U+200E-200F, U+202A-202E, U+2028-2029, U+2066-2069), BOM
 * and other zero-width characters appear as \n, \t, \xHH or \u{HHHH}; a backslash as \\.
 * At most `max` input bytes are shown (0: no limit), cut on a character boundary and followed by
 * "..." where something was cut. */
void escape_text(struct buf *b, const char *s, size_t n, size_t max);
/* Adds s[0..n) as the inside of a JSON string (RFC 8259 section 7): valid UTF-8 whatever comes in;
 * bytes that are no UTF-8 become U+FFFD; controls, DEL, C1, bidi and zero-width as \uXXXX. */
void escape_json(struct buf *b, const char *s, size_t n, size_t max);
/* Length of the valid UTF-8 sequence at s (RFC 3629; no surrogates, no overlong forms), else 0. */
size_t utf8_length(const char *s, size_t n, uint32_t *codepoint);

/* ---- arena: memory that is freed as a whole ------------------------------------------------- */
struct arena {
	struct arena_block *blocks;
	bool failed; /* an allocation failed; everything returned NULL from then on */
};
void *arena_alloc(struct arena *a, size_t n); /* zeroed, aligned for any object; NULL on failure */
/* Memory of the caller's, aligned for any object, as its first block: for who has little to keep, and nobody to ask for memory. */
void arena_lend(struct arena *a, void *memory, size_t size);
char *arena_strndup(struct arena *a, const char *s,
		    size_t n);                      /* with a NUL behind; NULL: no memory */
char *arena_strdup(struct arena *a, const char *s); /* NULL in, NULL out */
void arena_free(struct arena *a);

/* ---- who is running (identity.c): without a system call, once identity_use() was called ------------- */
uint32_t thread_number(void);      /* as gettid(2) */
uint32_t process_generation(void); /* never 0; another one in a child of fork(2) */
/* pthread_self(3) and pthread_getcpuclockid(3) of the C library; NULL: it has none. */
typedef unsigned long identity_self(void);
typedef int identity_clock(unsigned long thread, clockid_t *id);
/* Once, when the C library is found. */
void identity_use(identity_self *s, identity_clock *c);

/* A sandbox of the host's: from now on what need not be asked of the kernel is not. */
void sandbox_note(void);
bool sandbox_entered(void);

/* ---- lock: a mutex that survives fork(2) ------------------------------------------------------
 * Knows its owner. lock_enter() returns false, without waiting, when the calling thread already
 * holds it (recursion from a signal handler or a callback): the caller then does without. A lock
 * whose owner vanished in fork(2) (another thread of the parent held it) is taken over in the
 * child; `*stale` (if not NULL) is then true and the guarded data must be made anew.
 * Waits with futex(2), no pthread. Zero-initialised = free. */
struct lock {
	_Atomic uint32_t
	    word; /* 0 free, else the owner's thread id; the top bit says that others wait */
	_Atomic uint32_t owner_process; /* process_generation() of the owner */
};
bool lock_enter(struct lock *l, bool *stale);
/* ... of a table that is empty where all of it is 0: a stale one, which may be half written, is emptied. */
bool lock_enter_table(struct lock *l, void *table, size_t size);
void lock_leave(struct lock *l);

/* ---- errno guard ---------------------------------------------------------------------------- */
#include <errno.h>
#define KEEP_ERRNO_BEGIN                                                                           \
	{                                                                                          \
		const int kept_errno_ = errno;
#define KEEP_ERRNO_END                                                                             \
	errno = kept_errno_;                                                                       \
	}

/* ---- clock ---------------------------------------------------------------------------------- */
uint64_t clock_monotonic_ms(void);
int64_t clock_realtime_ms(void); /* since 1970-01-01 UTC */
/* Proleptic Gregorian calendar, UTC, no time zone files, no locale. */
struct civil_time {
	int64_t year;
	unsigned month, day, hour, minute, second;
};
struct civil_time civil_from_unix(int64_t seconds);       /* since 1970-01-01 UTC */
int64_t civil_to_unix(const struct civil_time *t);        /* of a valid one */
bool civil_valid(const struct civil_time *t);             /* years 0 to 9999; a second 60 is none */
void buf_date(struct buf *b, int64_t seconds);            /* 2027-03-31 */
void buf_rfc3339_ms(struct buf *b, int64_t milliseconds); /* 2026-11-21T21:09:56.123Z */

/* ---- files ---------------------------------------------------------------------------------- */
/* What tells one version of a file from the next. All zero: no file. */
struct file_id {
	uint64_t device, inode, size;
	int64_t mtime_ns, ctime_ns;
};
/* Two that are no file are the same. */
bool file_id_same(const struct file_id *a, const struct file_id *b);
/* 0, or an error number. Follows symbolic links. */
int file_identify(const char *path, struct file_id *id);
/* Owner, mode and size, following symbolic links. 0, or an error number. */
struct file_status {
	uint64_t size;
	uint32_t owner, group, mode;
};
int file_status(const char *path, struct file_status *s);
/* Does a POSIX access list (setfacl) say more than the mode? */
bool file_has_access_list(const char *path);
bool file_is_link(const char *path); /* a symbolic one */
/* Target of a symbolic link, NUL-terminated; false: none, or longer than n - 1 bytes. */
bool file_link(const char *path, char *target, size_t n);
/* Reads a regular file of at most `limit` bytes into b (appended); the null device is an empty one. 0, or an error number: EFBIG for a
 * larger one, EISDIR, EINVAL for whatever else is no regular file; with an id, EAGAIN where it was written meanwhile. The descriptor is closed before return and
 * never inherited. id may be NULL. owner/mode may be NULL: as stat(2) has them. */
int file_read(const char *path, size_t limit, struct buf *b, struct file_id *id, uint32_t *owner,
	      uint32_t *mode);
/* Looking at a file again (look.c). Three outcomes, of which the third says nothing about the file: what was known stays. */
enum file_look { FILE_THERE, FILE_GONE, FILE_UNSEEN };
/* Where the process saw a path: a path that leads nowhere from another root directory, or under another file system, was not
 * taken away. */
struct file_place {
	uint64_t root_device, root_inode, folder_device;
	bool known;
};
void file_place_note(const char *path, struct file_place *p);
/* Has this process another root directory now? */
bool file_other_root(const struct file_place *from);
/* ... for a file that was not read yet: it may not be looked for from another root directory than the present one. */
void file_place_root(struct file_place *p);
/* The errors of a look from another place than before; else an error number. A process goes into another root directory by itself, once it has read its
 * files; under a file system that goes, somebody took it away. */
enum { FILE_OTHER_ROOT = EXDEV, FILE_OTHER_SYSTEM = ENODEV };
/* *error is set where the outcome is not FILE_THERE. An unknown place is any place. */
enum file_look file_look(const char *path, const struct file_place *from, struct file_id *id,
			 int *error);
/* What a file was like when it was read; `error` where it was not. */
struct file_seen {
	struct file_id id;
	uint32_t owner, mode;
	int error;
};
/* ... as file_read(). */
enum file_look file_look_read(const char *path, const struct file_place *from, size_t limit,
			      struct buf *b, struct file_seen *seen);
/* Does that error pass by itself (descriptors, memory, an interrupted or busy file system), so that it is worth looking again soon? */
bool look_passes(int error);
/* An error of file_look() in words; static. */
const char *look_text(int error);
/* Calls visit() for a regular file's bytes, block after block, each with the last 64 bytes of the one before in front of it, until it
 * returns false. 0, or an error number. */
int file_scan(const char *path, bool (*visit)(void *arg, const char *data, size_t n), void *arg);
/* Calls entry() for each name in a directory but "." and "..", until it returns false. 0, or an error number. */
int file_list(const char *path, bool (*entry)(void *arg, const char *name), void *arg);
/* "No such file or directory" and the like in English, without strerror(3) and its locale. Never
 * NULL; "error 123" style unknown numbers give "unknown error". */
const char *errno_text(int number);

/* ---- environment ----------------------------------------------------------------------------
 * Read once, at load or at the first question, because daemons overwrite their environment's memory
 * (setproctitle). Strings are private copies that live as long as the process. */
struct environment {
	bool secure;    /* AT_SECURE: no variable was read */
	bool disabled;  /* TLSMEND_DISABLE=1, or secure without a trustworthy /etc/tlsmend.conf */
	bool dlsym_off; /* TLSMEND_DLSYM=off */
	bool dry_run;   /* TLSMEND_DRY_RUN=1: no rule changes anything */
	bool deepbind_drop;                           /* TLSMEND_DEEPBIND=drop */
	const char *config, *extra_ca, *min_protocol; /* NULL: unset */
	const char *log, *log_format, *log_level;     /* NULL: unset */
	const char *cert_file,
	    *cert_dir;       /* SSL_CERT_FILE, SSL_CERT_DIR: OpenSSL's own; NULL: unset */
	const char *stories; /* TLSMEND_TEST_STORIES: a file for stories as text (room "outcome") */
	const char *program; /* last component of argv[0] / comm, never NULL */
	bool colour;         /* NO_COLOR unset or empty, TERM set and not "dumb" */
	/* One sentence for each variable that was not understood ("TLSMEND_DLSYM=maybe is not understood;
	 * ..."), escaped; the record about each is written at the first handshake. NULL-terminated, never NULL. */
	const char *const *bad;
};
/* /proc/self/exe, looked up at the first question; NULL: not known. Lives as long as the process. */
const char *environment_exe(void);
const struct environment *environment_get(
    void); /* never NULL; thread-safe; async-signal-unsafe only the first time */
/* True when the process is privileged. */
bool environment_is_secure(void);
#define TLSMEND_CONFIG_DEFAULT "/etc/tlsmend.conf"

/* ---- small things --------------------------------------------------------------------------- */
#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define HIDDEN          __attribute__((visibility("hidden")))
uint64_t hash_bytes(uint64_t seed, const void *data, size_t n); /* not for secrets */
#define HASH_SEED 0xcbf29ce484222325u
/* ASCII only, no locale. */
char ascii_lower(char c);
int ascii_casecmp(const char *a, const char *b);
bool ascii_is_space(char c);
bool ascii_is_letter(char c); /* of either case */
bool ascii_is_digit(char c);
/* Nearest of `names` (NULL-terminated) to `word` by edit distance, ignoring case; NULL when none is
 * near enough (more than a third of the letters differ). For "did you mean". */
const char *nearest_name(const char *word, const char *const *names);

#endif
