/* SPDX-License-Identifier: ISC
 *
 * Functions of libc that are watched now and then: send(2), sendmsg(2), shutdown(2), close(2), chroot(2), syscall(2), prctl(2). What stands behind ours need not be libc's: it may be a function of a
 * library that has the name by chance, and takes and gives something else (design.md#jump). So ours are jumps through a pointer, with all registers and the stack
 * as they came (jump_ARCH.S). As long as it is not known where to, or something is watched for, that leads to a stub which asks a C function first, tells it the first
 * two arguments, and jumps where that says.
 */
#ifndef TLSMEND_HOOKS_JUMP_H
#define TLSMEND_HOOKS_JUMP_H

#include <tlsmend/base.h>

#if defined __x86_64__ || defined __i386__ || defined __aarch64__ || defined __arm__
#define JUMPS_IN_ASSEMBLER
#endif

/* Of whatever type it is. */
typedef void any_fn(void);

struct jump {
	_Atomic(any_fn *) to;   /* where calls go; the first, for jump_ARCH.S. At first NAME_asks */
	_Atomic(any_fn *) next; /* behind ours; NULL: not looked for yet */
	atomic_int whose;       /* is that libc's? 0: not asked yet */
	char name[12];
};

/* For each JUMP of hooks.def: jump_NAME, which the file that watches defines; NAME_asks; and what it asks. */
#define JUMP(name, asked)                                                                          \
	extern struct jump jump_##name HIDDEN;                                                     \
	HIDDEN any_fn name##_asks;                                                                 \
	HIDDEN any_fn *asked(uintptr_t first, uintptr_t second);
#define JUMP_UNLESS(name, asked, ...) JUMP(name, asked)
#include "hooks.def"
#define JUMP_OF(function) struct jump jump_##function = {.to = function##_asks, .name = #function}

/* The function behind ours; `itself` where there is none. Each caller would find the same. Keeps errno. */
any_fn *jump_next(struct jump *j, any_fn *itself);
/* Is it libc's? False as long as it is not known. */
bool jump_is_libcs(struct jump *j);
/* Calls go to `watcher` as long as `watched` says so, and else past us, once it is known where to. NULL: nothing is watched for. */
void jump_turn(struct jump *j, bool (*watched)(void), any_fn *watcher);

#endif
