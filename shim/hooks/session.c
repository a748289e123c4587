/* SPDX-License-Identifier: ISC
 *
 * A resumed session is not verified again: it carries the verification of the handshake that made it. So a session that was made
 * under a rule's trust is worth something only for that host and that trust (DESIGN 1.5), and a host whose rule says
 * OnlyCAFile takes no session that was made without it. The mark is ex_data of the session: a number, so that OpenSSL may copy it
 * with the session (as it does for TLS 1.3 tickets) and nobody has to free it.
 */
#include <string.h>

#include "hooks.h"

/* Which trust for which host. Never 0; 0 means "the client's own trust". */
static uintptr_t trust_tag(const struct connection *n)
{
	const struct setting *s = n->rule.set[KEY_ONLY_CA_FILE];
	if (!s)
		s = n->rule.set[KEY_EXTRA_CA_FILE];
	if (!s || !n->host)
		return 0;
	uint64_t h = hash_bytes(HASH_SEED, n->host, strlen(n->host) + 1);
	h = hash_bytes(h, s->value, strlen(s->value) + 1);
	h = hash_bytes(h, &s->key, sizeof s->key);
	return (uintptr_t)h | 1;
}

static uintptr_t session_tag(const struct openssl *o, const SSL_SESSION *session, int index)
{
	return (uintptr_t)o->SSL_SESSION_get_ex_data(session, index);
}

void session_check(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	SSL_SESSION *session = o->SSL_get_session(ssl);
	if (!session || !o->SSL_SESSION_get_ex_data)
		return;
	/* the class is only known once a session was marked; without a mark there is nothing to compare but OnlyCAFile */
	int index = binding_index(n->copy, INDEX_SESSION_TAG, NULL, NULL);
	if (index < 0)
		return;
	uintptr_t made = session_tag(o, session, index), now = trust_tag(n);
	if (made == now || (made == 0 && !n->rule.set[KEY_ONLY_CA_FILE]))
		return;
	QUIET_BEGIN(o)
	o->SSL_set_session(ssl, NULL);
	QUIET_END(o)
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
	QUIET_END(o)
}
