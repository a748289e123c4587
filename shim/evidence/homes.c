/* SPDX-License-Identifier: ISC
 *
 * From which of the client's files is a certificate of its store? A program may have added it by itself, though it loaded files too:
 * whoever looks for it in these looks in vain.
 */
#include "certificate.h"

#include <string.h>

static void find_home(struct evidence *e, const struct openssl *o, const uint8_t sha256[32])
{
	struct home *r = &e->homes[e->home_count];
	bool all = e->store_file_count < ARRAY_LENGTH(e->store_files);
	for (size_t i = 0; i < e->home_count; i++)
		if (memcmp(e->homes[i].sha256, sha256, 32) == 0)
			return;
	if (e->home_count == ARRAY_LENGTH(e->homes))
		return;
	for (size_t i = 0; i < e->store_file_count && !r->file; i++) {
		const enum tried in = evidence_in_file(e, o, sha256, e->store_files[i]);
		all = all && in != TRIED_NOT;
		r->file = in == TRIED_GOOD ? e->store_files[i] : NULL;
	}
	if (!r->file && (!all || e->store_file_count == 0))
		return;
	memcpy(r->sha256, sha256, sizeof r->sha256);
	e->home_count++;
}

static void find_home_of(struct evidence *e, const struct openssl *o, const struct cert_info *c)
{
	if (c->have_sha256 && (c->from == FROM_STORE || c->trusted_by_client))
		find_home(e, o, c->sha256);
}

void evidence_homes(struct evidence *e, const struct openssl *o)
{
	const struct verify_error first = evidence_headline(e);
	const size_t depth = first.depth >= 0 ? (size_t)first.depth : 0;
	const unsigned unlooked = e->unlooked;
	if (first.code == 0 || !e->store_text)
		return;
	if (e->chain_count > 0)
		find_home_of(e, o, &e->chain[0]);
	for (size_t i = 0; i < e->near_count; i++)
		find_home_of(e, o, e->near[i].candidate);
	if (depth > 0 && depth < e->chain_count)
		find_home_of(e, o, &e->chain[depth]);
	if (verify_symbol_cause(verify_symbol(first.code, e->version)) == CAUSE_BAD_SIGNATURE &&
	    depth + 1 < e->chain_count)
		find_home_of(e, o, &e->chain[depth + 1]);
	e->unlooked = unlooked; /* the place is then called as it is without this */
}
