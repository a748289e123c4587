/* SPDX-License-Identifier: ISC
 *
 * The settings that `run`, `env` and `rule` take as options, turned into the variables of the library. Every value is
 * checked here, with the parsers that the library uses: a mistake is said to the person who typed it, not later to
 * somebody's log.
 */
#ifndef TLSMEND_CLI_SETTINGS_H
#define TLSMEND_CLI_SETTINGS_H

#include "../cli.h"

enum variable {
	VARIABLE_CONFIG,
	VARIABLE_EXTRA_CA,
	VARIABLE_MIN_PROTOCOL,
	VARIABLE_LOG,
	VARIABLE_LOG_FORMAT,
	VARIABLE_LOG_LEVEL,
	VARIABLE_DISABLE,
	VARIABLE_DLSYM,
	VARIABLE_DEEPBIND,
	VARIABLE_DRY_RUN,
	VARIABLE_COUNT
};
extern const char *const variable_names[VARIABLE_COUNT]; /* "TLSMEND_CONFIG" ... */

enum { SETTINGS_USER = -1 }; /* option id beside enum variable */
struct settings {
	const struct command *command; /* for its usage errors */
	bool user;                     /* --user */
	bool writes; /* the command writes the last of --config, which need not be there yet */
	char *value[VARIABLE_COUNT]; /* owned; NULL: unset */
	char *fresh;     /* ... and is not, so that no value names it; NULL: it is there */
	char *files[64]; /* every file that a value names, for mounts */
	size_t file_count;
};

/* clang-format off */
#define SETTINGS_RULES \
	{"config", "FILE", VARIABLE_CONFIG, "configuration instead of " TLSMEND_CONFIG_DEFAULT \
	 " (colon separated)"}, \
	{"extra-ca", "HOST=FILE", VARIABLE_EXTRA_CA, "trust the CAs in FILE for HOST; may be repeated"}, \
	{"min-protocol", "HOST=VERSION", VARIABLE_MIN_PROTOCOL, \
	 "lowest version for HOST: TLSv1.2, ...; may be repeated"}, \
	{"user", NULL, SETTINGS_USER, "your own rules too, those of tlsmend trust --user"}
#define SETTINGS_LOG \
	{"log", "DEST", VARIABLE_LOG, "stderr, syslog, journal, fd:N, a path, or off"}, \
	{"format", "FORMAT", VARIABLE_LOG_FORMAT, "text or json"}, \
	{"level", "LEVEL", VARIABLE_LOG_LEVEL, "error, warning, info or debug"}
/* clang-format on */

/* Begins with what the environment has. */
void settings_init(struct settings *s, const struct command *c);
/* An option_take; arg is the struct settings. The lists grow, other values are replaced. */
bool settings_take(void *arg, int id, const char *value);
void settings_free(struct settings *s);
/* What --config was given, with the file that is not there yet. NULL: nothing. free(3) it. */
char *settings_config_given(const struct settings *s);
/* The command has written it. */
void settings_written(struct settings *s);
/* $XDG_CONFIG_HOME/tlsmend/, else ~/.config/tlsmend/. NULL: neither is set. free(3) it. */
char *settings_user_folder(void);

/* ---- preload.c: where the library is, and LD_PRELOAD ---------------------------------------------- */
/* Path of libtlsmend.so: beside the command, else in LIBDIR. NULL: said why. free(3) it. */
char *library_find(void);
char *library_silently(void);
/* The library for programs of 32 or 64 bits, where it is installed beside this one. NULL: it is not. free(3) it. */
char *library_of(const char *library, unsigned bits);
/* The form that serves both kinds, "/usr/$LIB/libtlsmend.so", where both are installed; else the path itself. free(3) it. */
char *library_for_all(const char *library);
/* Says where only one kind is installed, and programs of the other one would complain. */
void library_note_kinds(const char *command, const char *library);
/* LD_PRELOAD with the library in front of what `old` (may be NULL) has, but for a sanitizer's runtime; unchanged where it has the library already.
 * NULL: the path cannot stand in LD_PRELOAD, and that was said. */
char *preload_join(const char *library, const char *old);

#endif
