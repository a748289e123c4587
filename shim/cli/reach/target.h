/* SPDX-License-Identifier: ISC
 *
 * One target of `check` or `run`: can a preloaded library reach its OpenSSL? Found out by reading files, never by running
 * anything.
 */
#ifndef TLSMEND_CLI_TARGET_H
#define TLSMEND_CLI_TARGET_H

#include <sys/stat.h>
#include <sys/types.h>

#include "elf.h"

enum reach {
	REACH_YES,
	REACH_PARTLY, /* another TLS library is nearer than OpenSSL */
	REACH_NO,
	REACH_NO_TLS, /* would be reached, but no TLS was found: a shell, or a program that loads it late */
};
enum reason {
	REASON_NONE,
#define REASON(id, sentence) REASON_##id,
#include "knobs.def"
};

struct fact {
	const char *label; /* static */
	char *text;
};
struct target {
	char *name;    /* last component of what was asked about; for a process its name and id */
	char *path;    /* what was asked about; NULL: a process */
	char *program; /* the ELF file that runs, for a script its interpreter; NULL: none */
	enum reach reach;
	enum reason reason;
	char *why;        /* one sentence without a full stop */
	const char *knob; /* what to use instead; NULL: nothing known */
	char *
	    drops; /* the word of a shell script that keeps LD_PRELOAD from what it starts; NULL: none */
	unsigned drops_line;
	struct elf_facts elf; /* of program */
	struct fact facts[32];
	size_t fact_count;
};

/* path is an existing file. `own_user`: it is about to be run by the calling user, so a setuid bit of the user's own
 * does not count. Never fails: what cannot be read is a verdict. */
void target_inspect(const char *path, bool own_user, struct target *t);
/* The file of a process, which may have another root: its interpreter was found. */
void target_inspect_running(const char *path, struct target *t);
/* false: no such process; or, with errno, EACCES one of another user, ENOEXEC one without a program. */
bool target_inspect_process(pid_t pid, struct target *t);
void target_free(struct target *t);

/* For target.c and process.c. */
void target_fact(struct target *t, const char *label, const char *first, ...)
    __attribute__((sentinel));
void target_verdict(struct target *t, enum reach reach, enum reason reason, const char *detail);

/* knobs.c */
char *reason_sentence(enum reason r, const char *detail); /* free(3) it */
const char *knob_for(const char *program, enum reason r); /* NULL: none */
const char *starter_knob(const char *program); /* NULL: what it starts inherits LD_PRELOAD */
struct other_tls {
	const char *soname, *name;
	enum reason reason;
};
const struct other_tls *other_tls_by_soname(const char *soname); /* NULL: none */
enum reason own_tls(const char *program); /* REASON_NONE: none that is known by its name */
struct module {
	const char *program, *glob;
	bool dlopens;
};
const struct module *module_next(const struct module *after,
				 const char *program); /* NULL first; NULL: no more */
/* by_module: what brings OpenSSL is a module of it, which it loads later. NULL: nothing. */
const char *note_for(const char *path, bool by_module);

#endif
