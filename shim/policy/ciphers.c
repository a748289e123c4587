/* SPDX-License-Identifier: ISC
 *
 * Values that go to OpenSSL: cipher lists and options. Nothing here decides what OpenSSL understands, only what
 * must not reach it (suites without authentication or encryption, which make verification meaningless) and what
 * weakens. Words are cut as ssl_cipher_process_rulestr() in OpenSSL's ssl_ciph.c cuts them, or finer.
 */
#include <string.h>

#include "internal.h"

static bool is_word(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && name_equal(s, word, n);
}

static bool is_word_byte(char c)
{
	c = ascii_lower(c);
	return (c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '-' || c == '.' || c == '=' ||
	       c == '_';
}

/* One part of a suite's name between '-' or '_': ADH, AECDH, NULL, anon. */
static bool is_open_part(const char *s, size_t n)
{
	static const char parts[][20] = {"ADH",
					 "AECDH",
					 "NULL",
					 "aNULL",
					 "eNULL",
					 "anon",
					 "COMPLEMENTOFALL",
					 "COMPLEMENTOFDEFAULT"};
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		if (is_word(s, n, parts[i]))
			return true;
	}
	return false;
}

static bool is_open_word(const char *s, size_t n)
{
	size_t start = 0;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && s[i] != '-' && s[i] != '_')
			continue;
		if (is_open_part(s + start, i - start))
			return true;
		start = i + 1;
	}
	return false;
}

static bool seclevel_check(const char *s, size_t n, struct value *v, struct buf *error)
{
	static const char name[] = "SECLEVEL=";
	const size_t length = sizeof name - 1;
	if (n < length || !name_equal(s, name, length))
		return true; /* @STRENGTH; OpenSSL refuses what is neither */
	if (n != length + 1 || s[length] < '0' || s[length] > '5') {
		buf_puts(error, "CipherString has no such security level: ");
		quote(error, s, n);
		buf_puts(error, "; write @SECLEVEL=0 to @SECLEVEL=5");
		return false;
	}
	v->weakening = v->weakening || s[length] <= '1';
	return true;
}

static bool fail_open(const char *s, size_t n, struct buf *error)
{
	buf_puts(error, "CipherString has ");
	quote(error, s, n);
	buf_puts(error, ", suites without authentication or encryption, which make every "
			"certificate good; take "
			"it out, or write !aNULL:!eNULL");
	return false;
}

/* The operator of the word at s: '!', '@', '-', '+' or 0. kRSA+eNULL is two words under one operator. */
static char word_operator(const char *text, const char *s, char previous)
{
	char before = s > text ? s[-1] : 0;
	if (before == '+')
		return s - 1 > text && is_word_byte(s[-2]) ? previous : '+';
	if (before == '!' || before == '@')
		return before;
	return *s == '-' ? '-' : 0;
}

bool ciphers_check(struct value *v, struct buf *error)
{
	const char *s = v->text, *end = s + v->length, *word;
	char op = 0;
	if (v->length > 7 &&
	    memcmp(s, "DEFAULT", 7) == 0) /* OpenSSL takes it off whatever follows */
		s += 7;
	while (s < end) {
		if (!is_word_byte(*s)) {
			s++;
			continue;
		}
		word = s;
		op = word_operator(v->text, word, op);
		while (s < end && is_word_byte(*s))
			s++;
		if (op == '@' && !seclevel_check(word, (size_t)(s - word), v, error))
			return false;
		/* what ! and - take away is fine */
		if ((op == 0 || op == '+') && is_open_word(word, (size_t)(s - word)))
			return fail_open(word, (size_t)(s - word), error);
	}
	return true;
}

/* Next item of a list; empty ones too. */
static const char *next_item(const char **s, const char *end, char separator, size_t *n)
{
	const char *item = *s, *stop;
	if (item > end)
		return NULL;
	stop = item < end ? memchr(item, separator, (size_t)(end - item)) : NULL;
	if (!stop)
		stop = end;
	*s = stop + 1;
	while (item < stop && ascii_is_space(*item))
		item++;
	while (stop > item && ascii_is_space(stop[-1]))
		stop--;
	*n = (size_t)(stop - item);
	return item;
}

/* RFC 9150: TLS 1.3 with integrity and authentication only, nothing encrypted. */
bool ciphersuites_check(struct value *v, struct buf *error)
{
	const char *s = v->text, *end = s + v->length, *item;
	size_t n;
	while ((item = next_item(&s, end, ':', &n)) != NULL) {
		if (!is_word(item, n, "TLS_SHA256_SHA256") &&
		    !is_word(item, n, "TLS_SHA384_SHA384"))
			continue;
		buf_puts(error, "Ciphersuites has ");
		quote(error, item, n);
		buf_puts(error,
			 ", which does not encrypt; take it out, or write TLS_AES_256_GCM_SHA384");
		return false;
	}
	return true;
}

/* ---- Options: SSL_CONF_cmd(3) ------------------------------------------------------------------ */

enum { PLUS_WEAKENS = 1, MINUS_WEAKENS = 2 };
static const struct {
	char name[32];
	unsigned flags;
} options[] = {
#define OPTION(name, flags) {name, flags},
#include "options.def"
#undef OPTION
};

static const char *nearest_option(const char *s, size_t n)
{
	char word[64];
	const char *names[ARRAY_LENGTH(options) + 1];
	if (n >= sizeof word)
		return NULL;
	memcpy(word, s, n);
	word[n] = '\0';
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++)
		names[i] = options[i].name;
	names[ARRAY_LENGTH(options)] = NULL;
	return nearest_name(word, names);
}

static bool fail_option(const char *s, size_t n, struct buf *error)
{
	const char *nearest = nearest_option(s, n);
	if (key_refuse(s, n, error))
		return false;
	buf_puts(error, "unknown entry in Options: ");
	quote(error, s, n);
	buf_puts(error, "; write ");
	if (nearest) {
		buf_puts(error, nearest);
		return false;
	}
	buf_puts(error, "one of ");
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++)
		buf_strs(error, i > 0 ? ", " : "", options[i].name, NULL);
	buf_puts(error, ", each with an optional + or -");
	return false;
}

static bool option_check(const char *s, size_t n, struct value *v, struct buf *error)
{
	bool sign = n > 0 && (*s == '+' || *s == '-'), minus = sign && *s == '-';
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++) {
		if (!is_word(s + sign, n - sign, options[i].name))
			continue;
		if (options[i].flags & (minus ? MINUS_WEAKENS : PLUS_WEAKENS))
			v->weakening = true;
		return true;
	}
	return fail_option(s + sign, n - sign, error);
}

bool options_check(struct value *v, struct buf *error)
{
	const char *s = v->text, *end = s + v->length, *item;
	size_t n;
	while ((item = next_item(&s, end, ',', &n)) != NULL) {
		if (!option_check(item, n, v, error))
			return false;
	}
	return true;
}
