/* SPDX-License-Identifier: ISC
 *
 * A resumed session is not verified again: it carries the verification of the handshake that made it. So a session that was made
 * under a rule's trust is worth something only for that host and that trust (DESIGN 1.5), and a host whose rule says
 * OnlyCAFile takes no session that was made without it. The mark stands twice: as ex_data of the session, a number, so that OpenSSL may
 * copy it and nobody has to free it; and, since a client may write sessions down and read them again (Python does for each that it
 * hands out), in the field of the session that keeps application data for a server's tickets, which a client has no use for.
 */
#include <string.h>

#include "hooks.h"

/* What the keys that decide about a chain say, apart from the CA files. */
static const enum key judging_keys[] = {KEY_EXPECT_NAME, KEY_TRUSTED_FIRST, KEY_STRICT,
					KEY_PIN_SHA256, KEY_ENFORCE_VERIFICATION};

static uint64_t judging_tag(const struct rule *rule, uint64_t h, bool *any)
{
	for (size_t i = 0; i < ARRAY_LENGTH(judging_keys); i++) {
		const struct setting *s = rule->set[judging_keys[i]];
		if (!s)
			continue;
		*any = true;
		h = hash_bytes(h, &s->key, sizeof s->key);
		h = hash_bytes(h, s->value, strlen(s->value) + 1);
	}
	return h;
}

/* Which trust for which host: its name, the certificates that count for it now, and what else its chain was judged by. A CA that was
 * taken out of the file takes its sessions along. Never 0; 0 means "the client's own trust". */
static uintptr_t trust_tag(const struct connection *n)
{
	const struct setting *s = connection_trust(n);
	const char *why;
	bool any = s != NULL;
	if (!n->host)
		return 0;
	uint64_t h = hash_bytes(HASH_SEED, n->host, strlen(n->host) + 1);
	h = judging_tag(&n->rule, h, &any);
	if (s) {
		struct anchors *a = n->rule.closed ? NULL : anchors_acquire(n->copy, s, &why);
		uint64_t content = a ? a->content : 0;
		anchors_release(a);
		h = hash_bytes(h, &content, sizeof content);
		h = hash_bytes(h, &s->key, sizeof s->key);
	}
	return any ? (uintptr_t)h | 1 : 0;
}

static const char mark_prefix[8] = "tlsmend";
struct mark {
	char prefix[sizeof mark_prefix];
	uint64_t tag;
};

static bool read_mark(const struct openssl *o, SSL_SESSION *session, struct mark *m)
{
	void *data = NULL;
	size_t n = 0;
	if (!o->SSL_SESSION_get0_ticket_appdata ||
	    !o->SSL_SESSION_get0_ticket_appdata(session, &data, &n) || n != sizeof *m)
		return false;
	memcpy(m, data, sizeof *m);
	return memcmp(m->prefix, mark_prefix, sizeof mark_prefix) == 0;
}

static void write_mark(const struct openssl *o, SSL_SESSION *session, uintptr_t tag)
{
	void *data = NULL;
	size_t n = 0;
	struct mark m = {.tag = tag};
	if (!o->SSL_SESSION_set1_ticket_appdata || !o->SSL_SESSION_get0_ticket_appdata)
		return;
	memcpy(m.prefix, mark_prefix, sizeof m.prefix);
	/* a program that puts data of its own there keeps it */
	o->SSL_SESSION_get0_ticket_appdata(session, &data, &n);
	if (n == 0)
		o->SSL_SESSION_set1_ticket_appdata(session, &m, sizeof m);
}

static uintptr_t session_tag(const struct openssl *o, SSL_SESSION *session, int index)
{
	struct mark m;
	uintptr_t tag = (uintptr_t)o->SSL_SESSION_get_ex_data(session, index);
	return tag || !read_mark(o, session, &m) ? tag : (uintptr_t)m.tag;
}

void session_check(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	SSL_SESSION *session = o->SSL_get_session(ssl);
	int index = session && o->SSL_SESSION_get_ex_data
			? binding_index(n->copy, INDEX_SESSION_TAG, NULL, NULL)
			: -1;
	if (index < 0)
		return;
	uintptr_t made = session_tag(o, session, index), now = trust_tag(n);
	/* where the rule cannot be applied, no session shows that it was */
	if (!n->rule.closed &&
	    (made == now || (made == 0 && !trust_is_strict(&n->rule) && !demanded_exists(n))))
		return;
	QUIET_BEGIN(o)
	o->SSL_set_session(ssl, NULL);
	QUIET_END(o)
}

bool session_is_ours(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	SSL_SESSION *session = o->SSL_get_session(ssl);
	int index = session && o->SSL_SESSION_get_ex_data
			? binding_index(n->copy, INDEX_SESSION_TAG, NULL, NULL)
			: -1;
	uintptr_t now = trust_tag(n);
	return index >= 0 && now && !n->rule.closed && session_tag(o, session, index) == now;
}

void session_mark(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	SSL_SESSION *session = o->SSL_get_session(ssl);
	int index = session && o->SSL_SESSION_set_ex_data
			? binding_index(n->copy, INDEX_SESSION_TAG, NULL, NULL)
			: -1;
	if (index < 0)
		return;
	QUIET_BEGIN(o)
	o->SSL_SESSION_set_ex_data(session, index, (void *)trust_tag(n));
	write_mark(o, session, trust_tag(n));
	QUIET_END(o)
}
