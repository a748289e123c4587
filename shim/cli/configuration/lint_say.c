/* SPDX-License-Identifier: ISC
 *
 * What the looks of `tlsmend lint` have in common: how a complaint is said, and folders that everybody may write to.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lint.h"
#include "sources.h"

void lint_message(void *arg, const struct config_message *m)
{
	struct lint *l = arg;
	l->errors += m->severity == CONFIG_ERROR;
	l->warnings += m->severity == CONFIG_WARNING;
	message_print(stdout, m);
}

void lint_report(struct lint *l, enum severity severity, const char *source, unsigned line,
		 const char *first, const char *second)
{
	struct config_message m = {severity, source, line, NULL};
	struct buf text;
	buf_init(&text, 0);
	escape_text(&text, first, strlen(first), 0);
	escape_text(&text, second, strlen(second), 0);
	m.text = buf_str(&text);
	lint_message(l, &m);
	buf_free(&text);
}

/* ---- folders ------------------------------------------------------------------------------------------- */

/* The sticky bit, as of /tmp, leaves each file to its owner. */
static bool is_open(const char *folder)
{
	struct stat st;
	return stat(folder, &st) == 0 && st.st_mode & S_IWOTH && !(st.st_mode & S_ISVTX);
}

/* Cuts the path down to the nearest folder above the file that is open to everybody. */
static bool cut_to_open(char *path)
{
	char *slash;
	while ((slash = strrchr(path, '/')) && slash != path) {
		*slash = '\0';
		if (is_open(path))
			return true;
	}
	return false;
}

/* As it is written, and where its symbolic links lead to. */
char *lint_place(const char *path)
{
	char *written = checked(strdup(path)), *real = realpath(path, NULL);
	const char *folder = cut_to_open(written)        ? written
			     : real && cut_to_open(real) ? real
							 : NULL;
	char *word = folder ? shell_word(folder) : NULL;
	char *text =
	    word ? join("everybody can put another file in its place; write chmod o-w ", word, NULL)
		 : NULL;
	free(word);
	free(written);
	free(real);
	return text;
}
