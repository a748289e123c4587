/* SPDX-License-Identifier: ISC
 *
 * The text form of a record (tlsmend(1)).
 *
 * Labels stand in a column of 6, so that records read as a table. Sentences come from say.c and are printable already;
 * put_line() makes sure of it whatever a caller put into the record, and leaves a backslash as it is, since
 * escapes stand in sentences.
 */
#include "forms.h"

#include <string.h>
#include <unistd.h>

enum {
	TEXT_NAME_BYTES = 256,
	TEXT_WAIVED = 16,
	TEXT_CHAIN_LINES = 12,
	TEXT_LINE_BYTES = 4096,
	TEXT_LINES = 40,
	SUBJECT_COLUMN_MIN = 27,
	SUBJECT_COLUMN_MAX = 40,
	LABEL_COLUMN = 9, /* two spaces, label, at least one space */
};

struct ink {
	struct buf *out;
	bool colour;
};

static void paint(const struct ink *k, const char *code, const char *s)
{
	if (k->colour)
		buf_strs(k->out, "\033[", code, "m", s, "\033[0m", (char *)NULL);
	else
		buf_puts(k->out, s);
}

/* Printable, one line, backslashes as they are. */
static void put_bytes(struct buf *out, const char *s, size_t n, size_t max)
{
	size_t done = 0, run;
	const char *slash;
	if (max != 0 && n > max) {
		for (n = max; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80;)
			n--; /* never half a character */
	} else {
		max = 0;
	}
	while (done < n) {
		slash = memchr(s + done, '\\', n - done);
		run = slash ? (size_t)(slash - (s + done)) : n - done;
		if (run > 0)
			escape_text(out, s + done, run, 0);
		done += run;
		if (slash) {
			buf_putc(out, '\\');
			done++;
		}
	}
	if (max != 0)
		buf_puts(out, "...");
}

static void put_line(struct buf *out, const char *s)
{
	if (s)
		put_bytes(out, s, strlen(s), TEXT_LINE_BYTES);
}

/* A label once, then the same column for what follows; "" for a further line. */
static void label(const struct ink *k, const char *name)
{
	const size_t start = k->out->len;
	buf_puts(k->out, "  ");
	buf_puts(k->out, name);
	buf_pad(k->out, LABEL_COLUMN, start);
}

static void labelled(const struct ink *k, const char *name, const char *s)
{
	if (!s || *s == '\0')
		return;
	label(k, name);
	put_line(k->out, s);
	buf_putc(k->out, '\n');
}

static void labelled_list(const struct ink *k, const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n && i < TEXT_LINES; i++)
		labelled(k, i == 0 ? name : "", list[i]);
}

/* ---- the chain ------------------------------------------------------------------------------------- */
static size_t columns(const char *s, size_t n)
{
	size_t i, count = 0;
	for (i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}

static void put_padded(struct buf *out, const struct text *t, size_t width)
{
	const size_t start = out->len;
	if (t->n > 0)
		put_bytes(out, t->s, t->n, TEXT_NAME_BYTES);
	else
		buf_puts(out, "(no name)");
	for (size_t shown = columns(buf_str(out) + start, out->len - start); shown < width; shown++)
		buf_putc(out, ' ');
}

/* Until when, how many days; only the leaf's days matter to somebody who renews it. */
static void put_dates(struct buf *out, const struct cert_info *c, bool leaf, int64_t now)
{
	if (c->not_after == INT64_MIN)
		return;
	buf_puts(out, "  until ");
	buf_date(out, c->not_after);
	if (!leaf || c->not_after < now)
		return;
	buf_puts(out, " (");
	buf_int(out, (c->not_after - now) / 86400);
	buf_puts(out, " days)");
}

/* "RSA-SHA256" and "ecdsa-with-SHA256" -> "SHA-256". */
static const char *digest_name(const char *signature)
{
	static const char names[][2][8] = {
	    {"SHA256", "SHA-256"}, {"SHA384", "SHA-384"}, {"SHA512", "SHA-512"},
	    {"SHA224", "SHA-224"}, {"SHA1", "SHA-1"},     {"MD5", "MD5"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (strstr(signature, names[i][0]))
			return names[i][1];
	}
	return NULL;
}

static void put_key(struct buf *out, const struct cert_info *c)
{
	const char *digest = c->signature ? digest_name(c->signature) : NULL;
	if (c->key) {
		buf_puts(out, "  ");
		put_line(out, c->key);
	}
	if (digest)
		buf_strs(out, "  ", digest, (char *)NULL);
}

static void put_mark(const struct ink *k, const struct chain_line *line)
{
	if (!line->mark)
		return;
	buf_puts(k->out, "   ");
	paint(k, "31", "<- ");
	put_line(k->out, line->mark);
	/* What an administrator compares before trusting it. */
	if (strcmp(line->mark, "not trusted") == 0 && line->cert->have_sha256) {
		buf_puts(k->out, "   sha256 ");
		buf_hex(k->out, line->cert->sha256, sizeof line->cert->sha256, ':');
	}
}

static void put_gap(const struct ink *k, const struct chain_line *line, size_t width)
{
	label(k, "");
	buf_puts(k->out, "?  ");
	put_padded(k->out, &line->cert->issuer, width);
	buf_puts(k->out, "   ");
	paint(k, "31", "<- ");
	buf_puts(k->out, "missing\n");
}

static size_t subject_width(const struct record *r)
{
	size_t i, w, width = SUBJECT_COLUMN_MIN;
	for (i = 0; i < r->chain_count && i < TEXT_CHAIN_LINES; i++) {
		w = columns(r->chain[i].cert->subject.s, r->chain[i].cert->subject.n);
		if (w > width)
			width = w < SUBJECT_COLUMN_MAX ? w : SUBJECT_COLUMN_MAX;
	}
	return width;
}

static void put_chain_line(const struct ink *k, const struct record *r, size_t i, size_t width)
{
	const struct chain_line *line = &r->chain[i];
	label(k, i == 0 ? "chain" : "");
	size_t start = k->out->len;
	/* Of a very long chain the middle was not kept; the depth says which one it is. */
	buf_uint(k->out, line->mark && r->depth > (int)i ? (unsigned)r->depth : i);
	buf_pad(k->out, k->out->len - start < 3 ? 3 : 4, start);
	put_padded(k->out, &line->cert->subject, width);
	put_dates(k->out, line->cert, i == 0, r->time_ms / 1000);
	if (i == 0)
		put_key(k->out, line->cert);
	put_mark(k, line);
	buf_putc(k->out, '\n');
	if (line->gap_after)
		put_gap(k, line, width);
}

/* A long chain is cut in the middle: its last certificate is what the record is mostly about. */
static void put_chain(const struct ink *k, const struct record *r)
{
	const size_t width = subject_width(r);
	const bool whole = r->chain_count <= TEXT_CHAIN_LINES;
	const size_t head = whole ? r->chain_count : TEXT_CHAIN_LINES - 1;
	for (size_t i = 0; i < head; i++)
		put_chain_line(k, r, i, width);
	if (whole)
		return;
	label(k, "");
	buf_puts(k->out, "...\n");
	put_chain_line(k, r, r->chain_count - 1, width);
}

/* ---- the rest ---------------------------------------------------------------------------------------- */
static void put_headline(const struct ink *k, const struct record *r)
{
	static const char colours[][8] = {"1;31", "1;33", "1;32", "2"};
	const struct environment *env = environment_get();
	buf_puts(k->out, "tlsmend: ");
	paint(k, (unsigned)r->level < ARRAY_LENGTH(colours) ? colours[r->level] : "1",
	      level_name(r->level));
	buf_strs(k->out, "[",
		 r->cause != CAUSE_NONE ? cause_table[r->cause].word : event_name(r->event), "] ",
		 (char *)NULL);
	put_line(k->out, env->program);
	buf_putc(k->out, '[');
	buf_uint(k->out, (uint64_t)getpid());
	buf_puts(k->out, "] ");
	put_line(k->out, r->message);
	buf_putc(k->out, '\n');
}

/* "sent:48" of the record as "sent: unknown_ca (48)". */
static void put_alert(const struct ink *k, const char *alert)
{
	const char *colon = strchr(alert, ':');
	int number = 0;
	if (!colon) {
		put_line(k->out, alert);
		return;
	}
	for (const char *s = colon + 1; ascii_is_digit(*s) && number < 256; s++)
		number = number * 10 + (*s - '0');
	const char *name = alert_name(number);
	put_bytes(k->out, alert, (size_t)(colon - alert), 0);
	buf_puts(k->out, ": ");
	buf_puts(k->out, name ? name : "number");
	buf_puts(k->out, name ? " (" : " ");
	buf_int(k->out, number);
	buf_puts(k->out, name ? ")" : "");
}

static void put_code(const struct ink *k, const struct record *r)
{
	if (!r->name && r->code < 0 && !r->alert)
		return;
	label(k, "code");
	if (r->name)
		put_line(k->out, r->name);
	if (r->code >= 0) {
		buf_puts(k->out, r->name ? " (" : "");
		buf_int(k->out, r->code);
		buf_puts(k->out, r->name ? ")" : "");
	}
	if (r->depth >= 0) {
		buf_puts(k->out, " at depth ");
		buf_int(k->out, r->depth);
	}
	if (r->alert) {
		buf_puts(k->out, r->name || r->code >= 0 ? ", alert " : "alert ");
		put_alert(k, r->alert);
	}
	if (r->library) {
		buf_puts(k->out, ", ");
		put_line(k->out, r->library);
	}
	if (r->ending && *r->ending != '\0') {
		buf_puts(k->out, "; ");
		put_line(k->out, r->ending);
	}
	buf_putc(k->out, '\n');
}

static void put_waived(const struct ink *k, const struct record *r, bool first)
{
	for (size_t i = 0; i < r->waived_count && i < TEXT_WAIVED; i++) {
		label(k, first && i == 0 ? "note" : "");
		buf_puts(k->out, "waived by the client: ");
		put_line(k->out, r->waived[i]);
		buf_putc(k->out, '\n');
	}
}

static void put_repeated(const struct ink *k, const struct record *r)
{
	if (r->repeated == 0)
		return;
	label(k, "note");
	buf_puts(k->out, "repeated ");
	buf_uint(k->out, r->repeated);
	buf_puts(k->out, " times in ");
	buf_uint(k->out, r->repeated_seconds);
	buf_puts(k->out, " s\n");
}

/* Who reads a record first does not know that there is more. */
static void put_see(const struct ink *k, const struct record *r)
{
	if (r->cause == CAUSE_NONE)
		return;
	label(k, "see");
	buf_strs(k->out, "tlsmend explain ", cause_table[r->cause].word, "\n", (char *)NULL);
}

void text_render(const struct record *r, bool colour, struct buf *out)
{
	const struct ink k = {out, colour};
	put_headline(&k, r);
	labelled(&k, "why", r->why);
	put_chain(&k, r);
	labelled(&k, "store", r->store);
	labelled_list(&k, "help", r->help, r->help_count);
	labelled_list(&k, "note", r->notes, r->notes_count);
	put_waived(&k, r, r->notes_count == 0);
	put_repeated(&k, r);
	put_code(&k, r);
	put_see(&k, r);
}
