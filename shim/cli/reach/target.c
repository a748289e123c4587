/* SPDX-License-Identifier: ISC
 *
 * The questions in the order in which they exclude each other: is it a program, can anything be preloaded into it, and
 * which TLS library does it use?
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "libraries.h"
#include "../configuration/settings.h"
#include "privilege.h"
#include "script.h"
#include "tls.h"

void target_free(struct target *t)
{
	free(t->name);
	free(t->path);
	free(t->program);
	free(t->why);
	free(t->drops);
	elf_free(&t->elf);
	for (size_t i = 0; i < t->fact_count; i++)
		free(t->facts[i].text);
	memset(t, 0, sizeof *t);
}

/* ---- can anything be preloaded? -------------------------------------------------------------------- */

static bool judge_file(struct target *t, const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
		target_verdict(t, REACH_NO, REASON_NOT_A_PROGRAM,
			       S_ISDIR(st.st_mode) ? "it is a directory" : "it is no regular file");
		return false;
	}
	if (st.st_size == 0) {
		target_verdict(t, REACH_NO, REASON_NOT_A_PROGRAM, "the file is empty");
		return false;
	}
	int error = elf_read(path, &t->elf);
	if (error) {
		char *text = join("it cannot be read: ", strerror(error), NULL);
		target_verdict(t, REACH_NO, REASON_NOT_A_PROGRAM, text);
		free(text);
		return false;
	}
	if (!t->elf.is_elf) {
		target_verdict(t, REACH_NO, REASON_NOT_A_PROGRAM,
			       "neither ELF nor a script with #!");
		return false;
	}
	if (t->elf.damage) {
		target_verdict(t, REACH_NO, REASON_DAMAGED, t->elf.damage);
		return false;
	}
	return true;
}

static bool judge_sandbox(struct target *t, const char *path)
{
	char *real = realpath(path, NULL);
	enum reason kind = REASON_NONE;
	if (strncmp(path, "/snap/", 6) == 0 || (real && strcmp(path_base(real), "snap") == 0))
		kind = REASON_SNAP;
	else if (strstr(path, "/flatpak/exports/") || strcmp(path_base(t->program), "flatpak") == 0)
		kind = REASON_FLATPAK;
	free(real);
	if (kind != REASON_NONE)
		target_verdict(t, REACH_NO, kind, NULL);
	return kind == REASON_NONE;
}

/* Whatever the small program in front is, the environment goes on to what is behind it. */
static bool judge_appimage(struct target *t)
{
	if (t->elf.appimage) {
		target_verdict(t, REACH_NO_TLS, REASON_APPIMAGE, NULL);
		target_fact(t, "note", "what is in it: ", t->program,
			    " --appimage-extract, then tlsmend check squashfs-root/AppRun; or "
			    "tlsmend check PID, while it runs",
			    NULL);
	}
	return !t->elf.appimage;
}

/* A library that `check` is asked about, and a program that is linked statically with PIE, have no PT_INTERP both: only the
 * former needs others. */
static bool is_static(const struct elf_facts *e)
{
	return !e->interpreter && !(e->dynamic && e->needed_count);
}

static void judge_static(struct target *t)
{
	char *version = elf_tls_version(t->program);
	char *detail = version ? join(" (with ", version, ")", NULL) : copy_string("");
	target_verdict(t, REACH_NO, t->elf.go ? REASON_GO : REASON_STATIC, detail);
	free(detail);
	free(version);
}

static bool judge_class(struct target *t)
{
	struct elf_facts own;
	char bits[8];
	bool same = true;
	if (elf_read("/proc/self/exe", &own) == 0 && own.is_elf)
		same = own.bits == t->elf.bits && own.machine == t->elf.machine;
	elf_free(&own);
	/* the library of the other kind, beside ours */
	if (!same && (t->elf.machine == EM_386 || t->elf.machine == EM_X86_64)) {
		char *library = library_silently();
		char *other = library ? library_of(library, t->elf.bits) : NULL;
		same = other != NULL;
		free(other);
		free(library);
	}
	if (!same) {
		snprintf(bits, sizeof bits, "%u-bit ", t->elf.bits);
		char *kind = join(bits, elf_machine_name(t->elf.machine), NULL);
		target_verdict(t, REACH_NO, REASON_OTHER_CLASS, kind);
		free(kind);
	}
	return same;
}

static bool judge_loader(struct target *t, bool runs)
{
	const char *interpreter = t->elf.interpreter;
	if (is_static(&t->elf)) {
		judge_static(t);
		return false;
	}
	if (!interpreter)
		return true;
	const char *base = path_base(interpreter);
	/* ld-linux-x86-64.so.2, ld64.so.2, ld.so.1: glibc's on all its ports. */
	if (strncmp(base, "ld-linux", 8) != 0 && strncmp(base, "ld64.so.", 8) != 0 &&
	    strncmp(base, "ld.so.", 6) != 0 && !is_musl(interpreter)) {
		target_verdict(t, REACH_NO, REASON_OTHER_LIBC, interpreter);
		return false;
	}
	if (!runs && access(interpreter, F_OK) != 0 && judge_class(t)) {
		target_verdict(t, REACH_NO, REASON_NO_INTERPRETER, interpreter);
		return false;
	}
	return true;
}

/* What needs no preloading to be out of reach (GnuTLS) is so all the same, and no other way of loading helps. */
static void judge_privilege(struct target *t, bool own_user)
{
	struct privilege p;
	privilege_read(t->program, &p);
	if (!p.what)
		return;
	bool counts = own_user ? p.for_us : true;
	if (counts && t->reach == REACH_NO)
		target_fact(t, "note", "it is ", p.what,
			    ", and there the dynamic linker ignores LD_PRELOAD", NULL);
	else if (counts)
		target_verdict(t, REACH_NO, REASON_PRIVILEGED, p.what);
	if (!p.for_us)
		target_fact(t, "note", "started by its own user it keeps LD_PRELOAD", NULL);
}

/* What it says to servers itself is another matter. */
static void judge_starter(struct target *t)
{
	const char *knob = starter_knob(t->name);
	knob = knob ? knob : starter_knob(path_base(t->program));
	if (!knob)
		return;
	if (t->reach == REACH_YES || t->reach == REACH_PARTLY) {
		target_fact(t, "note", "what it starts does not inherit LD_PRELOAD: ", knob, NULL);
		return;
	}
	if (t->reach == REACH_NO)
		target_fact(t, "itself", t->why, t->knob ? "; " : "", t->knob ? t->knob : "", NULL);
	target_verdict(t, REACH_NO, REASON_STARTS, NULL);
}

static void judge_drops(struct target *t)
{
	char number[16];
	if (!t->drops || t->reach == REACH_NO)
		return;
	const char *knob = starter_knob(t->drops);
	snprintf(number, sizeof number, "%u", t->drops_line);
	char *where = join("its line ", number, " (", t->drops, ")", NULL);
	target_verdict(t, REACH_PARTLY, REASON_DROPS, where);
	t->knob = knob ? knob : t->knob;
	free(where);
}

static void describe_program(struct target *t)
{
	char bits[8];
	snprintf(bits, sizeof bits, "%u", t->elf.bits);
	target_fact(t, "program", t->program, NULL);
	target_fact(t, "format", "ELF ", bits, "-bit ", elf_machine_name(t->elf.machine),
		    t->elf.interpreter   ? ", loaded by "
		    : is_static(&t->elf) ? ", static"
					 : ", a library",
		    t->elf.interpreter ? t->elf.interpreter : "", t->elf.go ? ", made by Go" : "",
		    NULL);
}

static bool judge_script(struct target *t, const char *path)
{
	switch (script_follow(path, t, &t->program)) {
	case SCRIPT_NO_INTERPRETER:
		target_verdict(t, REACH_NO, REASON_NO_INTERPRETER, t->program);
		return false;
	case SCRIPT_TOO_DEEP:
		target_verdict(t, REACH_NO, REASON_NOT_A_PROGRAM, "too many interpreters in a row");
		return false;
	case SCRIPT_PROGRAM:
		break;
	}
	return true;
}

static void inspect(const char *path, bool own_user, bool runs, struct target *t)
{
	struct stat st;
	memset(t, 0, sizeof *t);
	t->name = copy_string(path_base(path));
	t->path = copy_string(path);
	/* A named pipe would keep us waiting. */
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		if (!judge_script(t, path))
			return;
	} else {
		t->program = copy_string(path);
	}
	if (!judge_file(t, t->program))
		return;
	describe_program(t);
	if (!judge_sandbox(t, path) || !judge_appimage(t))
		return;
	if (judge_loader(t, runs) && judge_class(t)) {
		tls_judge(t);
		judge_privilege(t, own_user);
	}
	judge_starter(t);
	judge_drops(t);
}

void target_inspect(const char *path, bool own_user, struct target *t)
{
	inspect(path, own_user, false, t);
}

void target_inspect_running(const char *path, struct target *t)
{
	inspect(path, false, true, t);
}
