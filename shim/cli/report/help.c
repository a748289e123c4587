/* SPDX-License-Identifier: ISC
 *
 * What a record's help proposes: a section that may be printed as it is, and what stands around it. A line may be forged: a section counts
 * only as the library writes one, for this record's host and cause.
 */
#include <stdlib.h>
#include <string.h>

#include "record.h"

static bool is_configuration(const char *line)
{
	return strncmp(line, "    ", 4) == 0;
}

/* A line of help has no newline; a forged one must not begin a line of its own. */
static void add_line(struct buf *b, char before, const char *line)
{
	if (b->len)
		buf_putc(b, before);
	for (; *line; line++)
		buf_putc(b, *line == '\n' ? ' ' : *line);
}

/* As the library writes names and values of a section. They are printed as they are. */
static bool is_plain(const char *s, const char *also)
{
	for (; *s; s++) {
		const char c = ascii_lower(*s);
		if (!(c >= 'a' && c <= 'z') && !ascii_is_digit(c) && !strchr(also, c))
			return false;
	}
	return true;
}

static bool keys_fit(enum cause cause, const char *line)
{
	const size_t n = strcspn(line, " =");
	char key[32];
	if (n == 0 || n >= sizeof key)
		return false;
	memcpy(key, line, n);
	key[n] = '\0';
	return strncmp(line + n, " = ", 3) == 0 && line[n + 3] &&
	       is_plain(line + n + 3, " !\"#$%&'()*+,-./:;<=>?@[]^_{|}~") &&
	       report_key_fits(cause, key);
}

/* The name in "    [name]" where it may stand in a section for this record. The library proposes the record's own host;
 * without one, a name of the certificate, which is said then. */
static bool section_name(struct report_item *item, const char *line, struct buf *name)
{
	const size_t n = strlen(line);
	char given[256], host[256];
	if (n < 7 || n - 6 >= sizeof given || line[4] != '[' || line[n - 1] != ']')
		return false;
	memcpy(given, line + 5, n - 6);
	given[n - 6] = '\0';
	const bool wide = strncmp(given, "*.", 2) == 0;
	if (!host_normalise(wide ? given + 2 : given, host) || !is_plain(host, "-._:") ||
	    (wide && !strchr(host, '.')))
		return false;
	if (item->guessed ? strcmp(given, "HOST") == 0 : wide || ascii_casecmp(host, item->host))
		return false;
	buf_strs(name, wide ? "*." : "", host, NULL);
	return true;
}

struct help {
	struct buf before, section, keys, after;
	bool good, alternative; /* what comes after the first section is another way: a comment */
};

static void one_help_line(struct help *h, struct report_item *item, enum cause cause,
			  const char *line)
{
	if (!is_configuration(line)) {
		add_line(h->section.len ? &h->after : &h->before, '\n', line);
	} else if (h->alternative || (line[4] == '[' && h->keys.len)) {
		h->alternative = true;
		add_line(&h->after, '\n', line);
	} else if (line[4] == '[') {
		h->good = h->good && !h->section.len && section_name(item, line, &h->section);
	} else if (h->section.len) {
		h->good = h->good && keys_fit(cause, line + 4);
		add_line(&h->keys, '\n', line + 4);
	} else if (h->good) {
		add_line(&h->before, ' ', line + 4); /* SSL_CERT_FILE=... */
	}
}

void report_take_help(struct arena *a, struct report_item *item, const json_t *list)
{
	const enum cause cause = cause_by_word(item->cause);
	struct help h = {.good = true};
	buf_init(&h.before, HELP_BYTES);
	buf_init(&h.section, NAME_BYTES);
	buf_init(&h.keys, HELP_BYTES);
	buf_init(&h.after, HELP_BYTES);
	for (size_t i = 0; i < json_array_size(list) && i < 32; i++)
		one_help_line(&h, item, cause,
			      report_string(a, json_array_get(list, i), LINE_BYTES));
	item->before = report_bounded(a, buf_str(&h.before), h.before.len, HELP_BYTES);
	if (h.good && h.keys.len && !h.keys.truncated && cause != CAUSE_NONE) {
		item->section = report_bounded(a, buf_str(&h.section), h.section.len, NAME_BYTES);
		item->keys = report_bounded(a, buf_str(&h.keys), h.keys.len, HELP_BYTES);
		item->after = report_bounded(a, buf_str(&h.after), h.after.len, HELP_BYTES);
	}
	buf_free(&h.before);
	buf_free(&h.section);
	buf_free(&h.keys);
	buf_free(&h.after);
}

/* The fingerprint of a certificate that the help calls by its name, as the server showed it. */
static void add_fingerprint(struct buf *b, const char *help, const char *subject,
			    const char *sha256)
{
	const char *name = strstr(subject, "CN=");
	const size_t n = name ? strcspn(name + 3, ",") : 0;
	char quoted[NAME_BYTES + 3];
	if (n == 0 || n > NAME_BYTES || strlen(sha256) != 64 || !is_plain(sha256, ""))
		return;
	snprintf(quoted, sizeof quoted, "\"%.*s\"", (int)n, name + 3);
	if (!strstr(help, quoted))
		return;
	buf_puts(b, "sha256 of ");
	buf_puts(b, quoted);
	buf_puts(b, " as it was shown: ");
	for (size_t i = 0; i < 64; i += 2) {
		buf_add(b, sha256 + i, 2);
		buf_puts(b, i + 2 < 64 ? ":" : "\n");
	}
}

void report_take_fingerprints(struct arena *a, struct report_item *item, const json_t *chain)
{
	struct buf b;
	buf_init(&b, HELP_BYTES);
	for (size_t i = 0; i < json_array_size(chain) && i < 8; i++) {
		const json_t *c = json_array_get(chain, i);
		add_fingerprint(&b, item->before, report_member(a, c, "subject", NAME_BYTES),
				report_member(a, c, "sha256", 64));
	}
	if (b.len) {
		b.len--; /* the last newline */
		struct buf all;
		buf_init(&all, HELP_BYTES);
		buf_strs(&all, item->before, *item->before ? "\n" : "", NULL);
		buf_add(&all, b.data, b.len);
		item->before = report_bounded(a, buf_str(&all), all.len, HELP_BYTES);
		buf_free(&all);
	}
	buf_free(&b);
}
