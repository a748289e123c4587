/* SPDX-License-Identifier: ISC
 *
 * The command: what its files share. Not preloaded, so stdio and libelf are at home here. No shell is ever run, and no
 * target is ever run to find out about it.
 */
#ifndef TLSMEND_CLI_H
#define TLSMEND_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <tlsmend/base.h>

enum {
	STATUS_OK = 0,
	STATUS_FINDINGS =
	    1,            /* the answer is "no": out of reach, errors in a configuration, no rule */
	STATUS_USAGE = 2, /* asked wrongly, or what was asked about cannot be read */
	STATUS_RUN_FAILED = 125, /* as env(1) */
	STATUS_CANNOT_EXECUTE = 126,
	STATUS_NOT_FOUND = 127,
};

/* ---- options.c ---------------------------------------------------------------------------------- */
struct option {
	const char *name;     /* without the dashes; NULL ends the list */
	const char *argument; /* "HOST=FILE"; NULL: takes none */
	int id;
	const char *help;
};
struct command {
	const char *name;
	const char *operands;         /* "[--] COMMAND [ARG...]" */
	const char *summary;          /* half a line */
	const char *text;             /* the rest of --help; ends with a newline */
	const struct option *options; /* NULL: none */
	bool operand_ends_options; /* what follows the first operand belongs to another command */
	int usage_status;
	int (*main)(const struct command *self, int argc, char **argv);
};
extern const struct command command_table[]; /* ends with a NULL name */

/* false: the option's value is wrong, and that was said. */
typedef bool option_take(void *arg, int id, const char *value);

/* What main was called with, and what takes its options. */
struct arguments {
	int count;
	char **words;
	option_take *take;
	void *arg;
	int status;
};
/* Understands `--name value`, `--name=value` and `--`, and answers --help by itself. What is left in a->words, and counted, are the
 * operands. false: leave main with a->status. */
bool options_parse(const struct command *c, struct arguments *a);
void command_help(const struct command *c, FILE *out);
/* "tlsmend NAME: text" and where to look, on stderr. Returns the command's usage status. */
int usage_error(const struct command *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- output.c ----------------------------------------------------------------------------------- */
/* One line on stderr, "tlsmend: " before it. Escaped as a whole: file names never act on a terminal. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* One line on stdout, escaped as a whole. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Flushes stdout. STATUS_USAGE, and a complaint, where it could not be written; else `status`. */
int finish_output(int status);
/* Paragraphs of `text` filled up to column `width`, each line after `indent` spaces. Lines that begin with a space (examples)
 * and empty ones are left alone. */
void say_wrapped(const char *text, unsigned indent, unsigned width);

/* One paragraph, of which the first line goes on in column `indent`. */
void say_hanging(const char *text, unsigned indent, unsigned width);

/* A word for a POSIX shell: as it is where that is safe, else in single quotes. */
void add_shell_word(struct buf *b, const char *s);
char *shell_word(const char *s); /* free(3) it */

/* ---- memory: out of it means out of luck here ---------------------------------------------------- */
void *checked(void *allocated); /* returns it; ends the program where it is NULL */
char *copy_string(const char *s);
char *join(const char *first, ...) __attribute__((sentinel)); /* strings up to a NULL; free(3) it */

/* ---- paths.c ------------------------------------------------------------------------------------- */
/* Absolute form of path with the links of its directory resolved and its own last component kept, so that a link
 * that is renewed later is followed. NULL: errno says why. free(3) it. */
char *path_absolute(const char *path);
/* As execvp(3) finds a command, without running it. NULL: *error is ENOENT or what stood in the way. */
char *path_search(const char *command, int *error);
char *path_directory(const char *path); /* as dirname(3), a copy */
const char *path_base(const char *path);
bool path_same_file(const char *a,
		    const char *b); /* by whatever ways; false, too, where one is not there */

/* ---- explain/word.c ------------------------------------------------------------------------------ */
enum { EXPLAIN_WIDTH = 78 };
/* Prints what is behind an OpenSSL code (number or symbol) or a word of .NET or Qt, in whatever case. False: unknown. */
bool explain_word(const char *word);

/* ---- complete.c ---------------------------------------------------------------------------------- */
int complete_main(int count, char **words);

/* The commands. */
int run_main(const struct command *self, int argc, char **argv);
int check_main(const struct command *self, int argc, char **argv);
int lint_main(const struct command *self, int argc, char **argv);
int rule_main(const struct command *self, int argc, char **argv);
int env_main(const struct command *self, int argc, char **argv);
int explain_main(const struct command *self, int argc, char **argv);
int report_main(const struct command *self, int argc, char **argv);

#endif
