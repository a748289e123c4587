/* SPDX-License-Identifier: ISC
 *
 * Lines for people: everything that came from outside is escaped on its way to the terminal.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

void *checked(void *allocated)
{
	if (!allocated) {
		fputs("tlsmend: out of memory\n", stderr);
		exit(STATUS_RUN_FAILED);
	}
	return allocated;
}

char *copy_string(const char *s)
{
	return checked(strdup(s));
}

char *join(const char *first, ...)
{
	va_list list;
	struct buf b;
	buf_init(&b, 0);
	va_start(list, first);
	for (const char *s = first; s; s = va_arg(list, const char *))
		buf_puts(&b, s);
	va_end(list);
	/* b.data is NULL where all strings were empty. */
	char *joined = b.truncated ? NULL : strdup(buf_str(&b));
	buf_free(&b);
	return checked(joined);
}

static void line(FILE *out, const char *before, const char *format, va_list list)
{
	char *text = NULL;
	struct buf b;
	int n = vasprintf(&text, format, list);
	if (n < 0)
		checked(NULL);
	buf_init(&b, 0);
	buf_puts(&b, before);
	escape_text(&b, text, (size_t)n, 0);
	buf_putc(&b, '\n');
	/* In one write, so that lines of several processes do not mix. */
	fwrite(buf_str(&b), 1, b.len, out);
	buf_free(&b);
	free(text);
}

void complain(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	line(stderr, "tlsmend: ", format, list);
	va_end(list);
}

void say(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	line(stdout, "", format, list);
	va_end(list);
}

void add_shell_word(struct buf *b, const char *s)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
	if (*s && s[strspn(s, plain)] == '\0') {
		buf_puts(b, s);
		return;
	}
	buf_putc(b, '\'');
	for (; *s; s++)
		if (*s == '\'')
			buf_puts(b, "'\\''");
		else
			buf_putc(b, *s);
	buf_putc(b, '\'');
}

char *shell_word(const char *s)
{
	struct buf b;
	buf_init(&b, 0);
	add_shell_word(&b, s);
	char *word = copy_string(buf_str(&b));
	buf_free(&b);
	return word;
}

int finish_output(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		complain("cannot write the output: %s", strerror(errno));
		return STATUS_USAGE;
	}
	return status;
}

/* Where a line of text at s ends: before the last space that leaves it within room. */
static size_t line_length(const char *s, size_t n, unsigned room)
{
	size_t end = 0;
	if (n <= room)
		return n;
	for (size_t i = 0; i <= room; i++)
		if (s[i] == ' ')
			end = i;
	if (end)
		return end;
	/* A word longer than the line stays whole: it is a URL or a path to be copied. */
	while (end < n && s[end] != ' ')
		end++;
	return end;
}

static void say_paragraph(char *s, unsigned indent, unsigned width)
{
	size_t n = strlen(s);
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\n')
			s[i] = ' ';
	while (n > 0) {
		size_t shown = line_length(s, n, width - indent);
		printf("%*s%.*s\n", (int)indent, "", (int)shown, s);
		while (shown < n && s[shown] == ' ')
			shown++;
		s += shown;
		n -= shown;
	}
}

void say_hanging(const char *text, unsigned indent, unsigned width)
{
	size_t n = strlen(text), shown = line_length(text, n, width - indent);
	printf("%.*s\n", (int)shown, text);
	while (text[shown] == ' ')
		shown++;
	if (text[shown]) {
		char *rest = copy_string(text + shown);
		say_paragraph(rest, indent, width);
		free(rest);
	}
}

/* Length of the lines up to one that is empty or begins with a space, without the last newline. */
static size_t paragraph_length(const char *text)
{
	const char *at = text;
	while ((at = strchr(at, '\n')) && at[1] && at[1] != '\n' && at[1] != ' ')
		at++;
	return at ? (size_t)(at - text) : strlen(text);
}

void say_wrapped(const char *text, unsigned indent, unsigned width)
{
	while (*text) {
		size_t n = *text == ' ' ? strcspn(text, "\n") : paragraph_length(text);
		if (*text == '\n') {
			n = 0;
			putchar('\n');
		} else if (*text == ' ') {
			printf("%*s%.*s\n", (int)indent, "", (int)n, text);
		} else {
			char *paragraph = checked(strndup(text, n));
			say_paragraph(paragraph, indent, width);
			free(paragraph);
		}
		text += n + (text[n] == '\n');
	}
}
