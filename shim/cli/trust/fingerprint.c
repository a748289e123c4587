/* SPDX-License-Identifier: ISC
 *
 * The fingerprint from another source. Never a plain yes: whoever only nods at what is shown has compared nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trust.h"

enum { DIGITS = 64, DIGITS_SHA1 = 40, TRIES = 3 };

static bool is_hex(char c)
{
	return ascii_is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

/* "SHA256 Fingerprint=", "sha256:" and the like. */
static const char *behind_label(const char *text)
{
	const char *equals = strchr(text, '=');
	while (ascii_is_space(*text))
		text++;
	if (equals)
		return equals + 1;
	if (ascii_lower(*text) == 's') {
		for (const char *const *l = (const char *const[]){"sha256", "sha-256", NULL}; *l;
		     l++)
			if (strncasecmp(text, *l, strlen(*l)) == 0)
				text += strlen(*l);
	}
	return text;
}

const char *fingerprint_parse(const char *text, char out[96])
{
	size_t n = 0;
	for (text = behind_label(text); *text; text++) {
		if (*text == ':' || *text == '-' || ascii_is_space(*text))
			continue;
		if (!is_hex(*text) || n == DIGITS)
			return "that is no SHA-256 fingerprint: 64 hexadecimal digits, with or "
			       "without "
			       "colons";
		out[n / 2 * 3 + n % 2] = (char)(*text >= 'a' ? *text - 'a' + 'A' : *text);
		out[n / 2 * 3 + 2] = ':';
		n++;
	}
	if (n == DIGITS_SHA1)
		return "that is a SHA-1 fingerprint, which can be forged; ask for the SHA-256 one";
	if (n != DIGITS)
		return "that is no SHA-256 fingerprint: 64 hexadecimal digits, with or without "
		       "colons";
	out[DIGITS / 2 * 3 - 1] = '\0';
	return NULL;
}

/* NULL: the input has ended. */
static char *typed(const struct seen_certificate *c)
{
	char *line = NULL;
	size_t size = 0;
	if (isatty(STDIN_FILENO))
		printf("\nThe SHA-256 fingerprint of \"%s\", as whoever runs that CA told you: ",
		       c->name);
	fflush(stdout);
	if (getline(&line, &size, stdin) < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

static bool matches(const struct seen_certificate *c, const char fingerprint[96])
{
	if (strcmp(c->sha256, fingerprint) == 0)
		return true;
	complain("the fingerprint does not match: this is not the certificate that was meant, or "
		 "somebody is in between; nothing is written");
	return false;
}

bool fingerprint_confirm(const struct seen_certificate *c, const char *given)
{
	char fingerprint[96];
	if (given)
		return matches(c, given);
	for (unsigned i = 0; i < TRIES; i++) {
		char *line = typed(c);
		if (!line)
			break;
		const char *wrong = fingerprint_parse(line, fingerprint);
		free(line);
		if (!wrong)
			return matches(c, fingerprint);
		complain("%s", wrong);
		if (!isatty(STDIN_FILENO))
			break;
	}
	complain(
	    "no fingerprint was given, so nothing is written; get it from whoever runs the CA, on "
	    "another way than this connection, and type it or give it with --sha256");
	return false;
}
