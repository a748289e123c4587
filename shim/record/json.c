/* SPDX-License-Identifier: ISC
 *
 * The JSON form of a record (tlsmend(1)): one object, one line, keys in the contract's order, absent when unknown.
 */
#include "forms.h"

#include <string.h>
#include <unistd.h>

/* docs/record.schema.json: another one where a member is taken away or comes to mean something else. */
enum { JSON_VERSION = 1 };
enum {
	JSON_NAME_BYTES = 1024,
	JSON_NAMES = 100,
	JSON_CERTIFICATES = 32,
	JSON_STRING_BYTES = 8192,
	JSON_LIST = 64
};

/* The comma before every member but the first. */
struct object {
	struct buf *out;
	bool begun;
};

static void key(struct object *o, const char *name)
{
	buf_puts(o->out, o->begun ? ",\"" : "\"");
	buf_strs(o->out, name, "\":", (char *)NULL);
	o->begun = true;
}

static void string_value(struct buf *out, const char *s, size_t n, size_t max)
{
	buf_putc(out, '"');
	if (n > 0)
		escape_json(out, s, n, max);
	buf_putc(out, '"');
}

static void string_member(struct object *o, const char *name, const char *s)
{
	if (!s)
		return;
	key(o, name);
	string_value(o->out, s, strlen(s), JSON_STRING_BYTES);
}

static void text_member(struct object *o, const char *name, const struct text *t)
{
	if (t->n == 0)
		return;
	key(o, name);
	string_value(o->out, t->s, t->n, JSON_NAME_BYTES);
}

static void int_member(struct object *o, const char *name, int64_t v)
{
	key(o, name);
	buf_int(o->out, v);
}

static void bool_member(struct object *o, const char *name, bool v)
{
	key(o, name);
	buf_puts(o->out, v ? "true" : "false");
}

static void time_member(struct object *o, const char *name, int64_t ms)
{
	key(o, name);
	buf_putc(o->out, '"');
	buf_rfc3339_ms(o->out, ms);
	buf_putc(o->out, '"');
}

static void hex_member(struct object *o, const char *name, const uint8_t *digest)
{
	key(o, name);
	buf_putc(o->out, '"');
	buf_hex(o->out, digest, 32, 0);
	buf_putc(o->out, '"');
}

static void list_member(struct object *o, const char *name, const char *const *list, size_t n)
{
	if (n == 0)
		return;
	key(o, name);
	buf_putc(o->out, '[');
	for (size_t i = 0; i < n && i < JSON_LIST; i++) {
		if (i > 0)
			buf_putc(o->out, ',');
		string_value(o->out, list[i], strlen(list[i]), JSON_STRING_BYTES);
	}
	buf_putc(o->out, ']');
}

static void san_member(struct object *o, const struct cert_info *c)
{
	if (c->san_count == 0)
		return;
	key(o, "san");
	buf_putc(o->out, '[');
	for (size_t i = 0; i < c->san_count && i < JSON_NAMES; i++) {
		if (i > 0)
			buf_putc(o->out, ',');
		string_value(o->out, c->san[i].s, c->san[i].n, JSON_NAME_BYTES);
	}
	buf_putc(o->out, ']');
}

static void certificate(struct buf *out, const struct cert_info *c)
{
	static const char from[][12] = {"presented", "store", "rule"};
	struct object o = {out, false};
	buf_putc(out, '{');
	text_member(&o, "subject", &c->subject);
	text_member(&o, "issuer", &c->issuer);
	string_member(&o, "serial", c->serial);
	if (c->not_before != INT64_MIN)
		time_member(&o, "not_before", c->not_before * 1000);
	if (c->not_after != INT64_MIN)
		time_member(&o, "not_after", c->not_after * 1000);
	san_member(&o, c);
	string_member(&o, "key", c->key);
	string_member(&o, "signature", c->signature);
	if (c->have_sha256) {
		hex_member(&o, "sha256", c->sha256);
		hex_member(&o, "spki_sha256", c->spki_sha256);
	}
	if ((unsigned)c->from < ARRAY_LENGTH(from))
		string_member(&o, "from", from[c->from]);
	buf_putc(out, '}');
}

static void chain_member(struct object *o, const struct record *r)
{
	if (r->chain_count == 0)
		return;
	key(o, "chain");
	buf_putc(o->out, '[');
	for (size_t i = 0; i < r->chain_count && i < JSON_CERTIFICATES; i++) {
		if (i > 0)
			buf_putc(o->out, ',');
		certificate(o->out, r->chain[i].cert);
	}
	buf_putc(o->out, ']');
}

static void what(struct object *o, const struct record *r)
{
	const struct environment *env = environment_get();
	time_member(o, "time", r->time_ms);
	string_member(o, "level", level_name(r->level));
	string_member(o, "event", event_name(r->event));
	if (r->cause != CAUSE_NONE)
		string_member(o, "cause", cause_table[r->cause].word);
	string_member(o, "message", r->message);
	string_member(o, "why", r->why);
	string_member(o, "program", env->program);
	string_member(o, "exe", environment_exe());
	int_member(o, "pid", getpid());
	int_member(o, "version", JSON_VERSION);
}

static void where(struct object *o, const struct record *r)
{
	string_member(o, "host", r->host);
	if (r->port != 0)
		int_member(o, "port", r->port);
	string_member(o, "address", r->address);
	string_member(o, "sni", r->sni);
	string_member(o, "rule", r->rule);
	string_member(o, "library", r->library);
	string_member(o, "protocol", r->protocol);
	string_member(o, "cipher", r->cipher);
}

/* The contract has no key for it, so that a repetition is a note, as in the text form. */
static void notes_member(struct object *o, const struct record *r)
{
	if (r->repeated == 0) {
		list_member(o, "notes", r->notes, r->notes_count);
		return;
	}
	key(o, "notes");
	buf_puts(o->out, "[");
	for (size_t i = 0; i < r->notes_count && i < JSON_LIST; i++) {
		string_value(o->out, r->notes[i], strlen(r->notes[i]), JSON_STRING_BYTES);
		buf_putc(o->out, ',');
	}
	buf_puts(o->out, "\"repeated ");
	buf_uint(o->out, r->repeated);
	buf_puts(o->out, " times in ");
	buf_uint(o->out, r->repeated_seconds);
	buf_puts(o->out, " s\"]");
}

void json_render(const struct record *r, struct buf *out)
{
	struct object o = {out, false};
	buf_putc(out, '{');
	what(&o, r);
	where(&o, r);
	if (r->code >= 0)
		int_member(&o, "code", r->code);
	string_member(&o, "name", r->name);
	if (r->depth >= 0)
		int_member(&o, "depth", r->depth);
	if (r->enforced >= 0)
		bool_member(&o, "enforced", r->enforced != 0);
	string_member(&o, "expected", r->expected);
	string_member(&o, "presented", r->presented);
	list_member(&o, "help", r->help, r->help_count);
	notes_member(&o, r);
	list_member(&o, "waived", r->waived, r->waived_count);
	string_member(&o, "alert", r->alert);
	chain_member(&o, r);
	string_member(&o, "store", r->store);
	buf_puts(out, "}\n");
}
