/* SPDX-License-Identifier: ISC
 *
 * Before a process goes into another root directory (chroot(2)), it reads what it will need; so do we, since files that rules name are else read at
 * the first connection that needs them. Postfix' smtp(8) goes after it has made its SSL_CTX, and before it knows a server.
 */
#include "internal.h"
#include "onto_ssl.h"

/* As many as an administrator writes by hand, and no longer than a start may take: what is left has to be there when it is needed. */
enum { FILES_MAX = 1000, STOCK_MS = 500 };

static const struct setting *of_section(const struct kept_section *k, enum key key)
{
	for (unsigned i = 0; i < k->count; i++)
		if (k->entries[i].setting.key == key)
			return &k->entries[i].setting;
	return NULL;
}

static unsigned stock_trust(struct copy *c, const struct setting *s)
{
	if (s)
		anchors_stock(c, s);
	return s ? 1 : 0;
}

static unsigned stock_certificate(struct copy *c, const struct kept_section *k)
{
	const struct setting *s = of_section(k, KEY_CERTIFICATE);
	if (s)
		identity_stock(c, s, of_section(k, KEY_PRIVATE_KEY));
	return s ? 1 : 0;
}

static void stock_copy(struct copy *c, const struct policy *p, uint64_t until_ms)
{
	unsigned n = 0;
	for (const struct kept_section *k = p->first;
	     k && n < FILES_MAX && clock_monotonic_ms() < until_ms; k = k->next) {
		n += stock_trust(c, of_section(k, KEY_EXTRA_CA_FILE));
		n += stock_trust(c, of_section(k, KEY_ONLY_CA_FILE));
		n += stock_certificate(c, k);
	}
}

void policy_stock_up(bool by_openssl)
{
	struct policy_ref *r = policy_acquire();
	struct file_place read_from;
	const uint64_t until_ms = clock_monotonic_ms() + STOCK_MS;
	policy_place(&read_from);
	/* where it went before, there is nothing of theirs to read */
	by_openssl = by_openssl && !file_other_root(&read_from);
	for (unsigned slot = 0; r && by_openssl && slot < COPIES_MAX; slot++) {
		struct copy *c = binding_slot(slot);
		const struct openssl *o = copy_api(c);
		if (o && o->complete)
			stock_copy(c, policy_of(r), until_ms);
	}
	policy_release(r);
}
