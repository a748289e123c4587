/* SPDX-License-Identifier: ISC
 *
 * ServerName: the name in the ClientHello, and nothing else. Whose connection it is, and which name the certificate must carry, stays
 * what the client asked for; so it gets its own name back as soon as OpenSSL needs the other one no more.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/versions.h>
#include "internal.h"
#include "onto_ssl.h"

enum { CTRL_SET_HOSTNAME = 55, TYPE_HOST_NAME = 0 };

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool set_name(const struct openssl *o, SSL *ssl, const char *name)
{
	long ok = 0;
	QUIET_BEGIN(o)
	ok = o->SSL_ctrl(ssl, CTRL_SET_HOSTNAME, TYPE_HOST_NAME, (void *)(uintptr_t)name);
	QUIET_END(o)
	return ok == 1;
}

/* As it is sent; NULL: none is. */
static const char *wanted_name(const struct setting *s, char out[256])
{
	return !(strlen(s->value) == 4 && name_equal(s->value, "none", 4)) &&
		       host_normalise(s->value, out)
		   ? out
		   : NULL;
}

const char *apply_name_sent(struct arena *a, const struct applied *applied, const char *client)
{
	char name[256];
	if (!applied->server_name)
		return arena_strdup(a, client);
	return arena_strdup(a, wanted_name(applied->server_name, name));
}

void apply_name(const struct openssl *o, SSL *ssl, const struct rule *rule, struct applied *a)
{
	struct kept *k = &a->kept;
	const struct setting *s = rule->set[KEY_SERVER_NAME];
	char name[256];
	bool known;
	if (!s || k->named)
		return;
	const char *before = openssl_own_name(o, ssl, &known), *wanted = wanted_name(s, name);
	if (!known || same(before, wanted))
		return;
	k->name = before ? strdup(before) : NULL;
	if ((before && !k->name) || !set_name(o, ssl, wanted)) {
		free(k->name);
		k->name = NULL;
		return;
	}
	k->named = true;
	a->server_name = s;
}

void apply_name_back(const struct openssl *o, SSL *ssl, struct applied *a, bool before_handshake)
{
	struct kept *k = &a->kept;
	char name[256];
	bool known;
	if (!k->named)
		return;
	/* what the client set meanwhile stays */
	if (!before_handshake ||
	    same(openssl_own_name(o, ssl, &known), wanted_name(a->server_name, name))) {
		SSL_SESSION *session = before_handshake ? NULL : o->SSL_get_session(ssl);
		/* Up to TLS 1.2, OpenSSL answers a client's question for its name with that of the session. Up from 1.3 it compares that
		 * one with the name that is sent, before it sends early data. */
		if (session && later(o)->SSL_SESSION_set1_hostname && !o->SSL_session_reused(ssl) &&
		    o->SSL_version(ssl) < PROTOCOL_TLS1_3) {
			QUIET_BEGIN(o)
			later(o)->SSL_SESSION_set1_hostname(session, k->name);
			QUIET_END(o)
		}
		set_name(o, ssl, k->name);
	}
	free(k->name);
	k->name = NULL;
	k->named = false;
}
