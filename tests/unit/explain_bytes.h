/* SPDX-License-Identifier: ISC
 *
 * Certificates in DER -> evidence -> record, both forms, with the checks that must hold whatever came in. Shared by the
 * unit of hostile certificates and by the fuzz target.
 */
#ifndef TLSMEND_TEST_EXPLAIN_BYTES_H
#define TLSMEND_TEST_EXPLAIN_BYTES_H

#include "../../shim/record/forms.h"
#include <tlsmend/diagnose.h>
#include <tlsmend/evidence.h>

#include <string.h>

#include "openssl_direct.h"
#include "require.h"

/* Valid UTF-8 that neither moves a terminal's cursor nor reorders text; newlines only where a line may end. */
static inline size_t bytes_check_printable(const struct buf *b)
{
	size_t i = 0, n, lines = 0;
	uint32_t c;

	while (i < b->len) {
		n = utf8_length(b->data + i, b->len - i, &c);
		REQUIRE(n > 0);
		lines += c == '\n';
		REQUIRE(c == '\n' || (c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0)));
		REQUIRE(!(c >= 0x200b && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) &&
			!(c >= 0x2066 && c <= 0x2069) && c != 0xfeff);
		i += n;
	}
	return lines;
}

/* A record's lines begin with a label or with spaces: a name cannot start one of its own. */
static inline void bytes_check_text(const struct buf *b)
{
	const char *line = buf_str(b);

	REQUIRE(strncmp(line, "tlsmend: ", 9) == 0);
	for (line = strchr(line, '\n'); line && line[1] != '\0'; line = strchr(line + 1, '\n'))
		REQUIRE(line[1] == ' ' && line[2] == ' ');
	REQUIRE(bytes_check_printable(b) < 400 && b->len < 256 * 1024);
}

static inline void bytes_check_record(const struct record *r, void (*parse)(const char *, size_t))
{
	struct buf b;

	buf_init(&b, 0);
	text_render(r, false, &b);
	bytes_check_text(&b);
	buf_clear(&b);
	json_render(r, &b);
	REQUIRE(bytes_check_printable(&b) == 1 && b.data[b.len - 1] == '\n');
	if (parse)
		parse(b.data, b.len);
	buf_free(&b);
}

static inline OPENSSL_STACK *bytes_certificates(const struct openssl *o, const uint8_t *data,
						size_t n)
{
	OPENSSL_STACK *all = o->OPENSSL_sk_new_null();
	const unsigned char *p = data;
	X509 *x;

	while (n > 0 && o->OPENSSL_sk_num(all) < 40) {
		x = o->d2i_X509(NULL, &p, (long)(n - (size_t)(p - data)));
		if (!x)
			break;
		o->OPENSSL_sk_push(all, x);
		if ((size_t)(p - data) >= n)
			break;
	}
	return all;
}

/* As OpenSSL would: the leaf and what links up, by name. */
static inline OPENSSL_STACK *bytes_chain(const struct openssl *o, OPENSSL_STACK *all)
{
	OPENSSL_STACK *chain = o->OPENSSL_sk_new_null();
	X509 *x = o->OPENSSL_sk_value(all, 0);
	int i;

	o->OPENSSL_sk_push(chain, x);
	for (i = 1; i < o->OPENSSL_sk_num(all); i++) {
		X509 *next = o->OPENSSL_sk_value(all, i);

		if (o->X509_check_issued(next, x) == 0) {
			o->OPENSSL_sk_push(chain, next);
			x = next;
		}
	}
	return chain;
}

static inline void bytes_release(const struct openssl *o, OPENSSL_STACK *all)
{
	int i;

	for (i = 0; i < o->OPENSSL_sk_num(all); i++)
		o->X509_free(o->OPENSSL_sk_value(all, i));
	o->OPENSSL_sk_free(all);
}

static inline bool bytes_passes(void *arg, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted,
				int level, struct verify_error *why)
{
	(void)untrusted, (void)level;
	if (why)
		*why = (struct verify_error){*(const uint8_t *)arg & 0x7f, 1};
	return (*(const uint8_t *)arg & 2) != 0 && trusted;
}

/* Two bytes (event and what else is done, code), then certificates. Returns the cause. */
static inline enum cause bytes_explain(const uint8_t *data, size_t n, const char *host,
				       void (*parse)(const char *, size_t),
				       void (*look)(const struct evidence *, const struct record *))
{
	static const enum event events[] = {EVENT_VERIFY_FAILED, EVENT_VERIFY_IGNORED,
					    EVENT_HANDSHAKE_FAILED};
	const struct openssl *o = openssl_direct();
	OPENSSL_STACK *all, *chain;
	struct evidence *e;
	struct record r;
	X509 *leaf;

	if (n < 2)
		return CAUSE_NONE;
	e = evidence_new(events[data[0] % ARRAY_LENGTH(events)]);
	if (!e)
		return CAUSE_NONE;
	all = bytes_certificates(o, data + 2, n - 2);
	leaf = o->OPENSSL_sk_num(all) > 0 ? o->OPENSSL_sk_value(all, 0) : NULL;
	chain = leaf ? bytes_chain(o, all) : NULL;
	e->host = e->sni = host;
	e->have_verification = e->have_connection = true;
	e->enforced = data[0] < 128;
	e->code = data[1];
	e->depth = chain && data[1] != 18 ? o->OPENSSL_sk_num(chain) - 1 : 0;
	evidence_library(e, o);
	evidence_add_error(e, e->code, e->depth);
	const struct chain_parts parts = {leaf, all, chain, NULL, data[0] & 1 ? all : NULL};
	evidence_chain(e, o, &parts);
	if (data[0] & 4) {
		uint8_t how = data[0];

		evidence_try(e, o, &parts,
			     &(struct evidence_trial){.passes = bytes_passes, .arg = &how});
	}
	REQUIRE(e->presented_count <= 32 && e->chain_count <= 32);
	REQUIRE(o->ERR_peek_error() == 0 || !leaf || e->presented_count > 0);
	diagnose(e, &r);
	bytes_check_record(&r, parse);
	if (look)
		look(e, &r);
	if (chain)
		o->OPENSSL_sk_free(chain);
	bytes_release(o, all);
	evidence_free(e);
	return r.cause;
}

#endif
