/* SPDX-License-Identifier: ISC
 *
 * An SSL may be used again, for another host (SSL_clear() and a new name): what a rule laid onto it goes before the next rule is
 * looked for. What the client itself changed meanwhile stays as the client has it.
 */
#include <stdlib.h>
#include <string.h>

#include "onto_ssl.h"

enum { LIST_BYTES = 16 * 1024 };

/* ---- ciphers ------------------------------------------------------------------------------------------------ */

/* The names of the SSL's ciphers, those of TLS 1.3 or the others. False: no memory. */
static bool cipher_names(const struct openssl *o, const SSL *ssl, bool tls13, struct buf *b)
{
	OPENSSL_STACK *list = later(o)->SSL_get_ciphers(ssl);
	for (int i = 0; list && i < o->OPENSSL_sk_num(list); i++) {
		const char *name = o->SSL_CIPHER_get_name(o->OPENSSL_sk_value(list, i));
		if ((strncmp(name, "TLS_", 4) == 0) == tls13)
			buf_strs(b, b->len ? ":" : "", name, NULL);
	}
	return !b->truncated;
}

static void note_ciphers(const struct openssl *o, const SSL *ssl, struct buf b[2])
{
	for (unsigned tls13 = 0; tls13 < 2; tls13++) {
		buf_init(&b[tls13], LIST_BYTES);
		cipher_names(o, ssl, tls13, &b[tls13]);
	}
}

static void give_ciphers_back(const struct openssl *o, SSL *ssl, struct kept *k)
{
	struct buf now[2];
	note_ciphers(o, ssl, now);
	QUIET_BEGIN(o)
	if (k->before[0] && k->after[0] && strcmp(buf_str(&now[0]), k->after[0]) == 0)
		o->SSL_set_cipher_list(ssl, k->before[0]);
	if (k->before[1] && k->after[1] && strcmp(buf_str(&now[1]), k->after[1]) == 0 &&
	    later(o)->SSL_set_ciphersuites)
		later(o)->SSL_set_ciphersuites(ssl, k->before[1]);
	QUIET_END(o)
	buf_free(&now[0]);
	buf_free(&now[1]);
}

/* ---- groups: OpenSSL does not tell what a client has ----------------------------------------------------------------------- */

static void give_groups_back(const struct openssl *o, SSL *ssl)
{
	enum { CTRL_SET_GROUPS_LIST = 92 };
	static const char
	    since_3_5[] = "DEFAULT",
	    since_3_0[] =
		"X25519:P-256:X448:P-521:P-384:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192";
	static const char since_1_1[] = "X25519:P-256:X448:P-521:P-384",
			  older[] = "P-256:P-521:P-384";
	const char *list = o->version >= 0x30500000UL   ? since_3_5
			   : o->version >= 0x30000000UL ? since_3_0
			   : o->version >= 0x10101000UL ? since_1_1
							: older;
	QUIET_BEGIN(o)
	o->SSL_ctrl(ssl, CTRL_SET_GROUPS_LIST, 0, (void *)(uintptr_t)list);
	QUIET_END(o)
}

/* ---- certificates, signature algorithms, security level: one object inside of the SSL ----------------------------------------- */

static void set_session(const struct openssl *o, SSL *ssl, SSL_SESSION *session)
{
	o->SSL_set_session(ssl, session);
	if (session)
		later(o)->SSL_SESSION_free(session);
}

/* SSL_copy_session_id() hands that object on (with the session, which is none of our business here), and SSL_dup() makes a copy of it:
 * the SSL goes on with the copy, and the keeper holds the client's own. */
static SSL *keep_client_state(const struct openssl *o, SSL *ssl)
{
	enum { SINCE = 0x10101000 };
	SSL *keeper, *copy;
	bool done = false;
	if (o->version < SINCE || !later(o)->SSL_copy_session_id || !later(o)->SSL_dup ||
	    !later(o)->SSL_get1_session)
		return NULL;
	QUIET_BEGIN(o)
	keeper = o->SSL_new(o->SSL_get_SSL_CTX(ssl));
	if (keeper && later(o)->SSL_copy_session_id(keeper, ssl) &&
	    o->SSL_set_session(keeper, NULL) && (copy = later(o)->SSL_dup(keeper)) != NULL) {
		SSL_SESSION *session = later(o)->SSL_get1_session(ssl);
		done = copy != keeper && later(o)->SSL_copy_session_id(ssl, copy);
		set_session(o, ssl, session);
		o->SSL_free(copy);
	}
	if (keeper && !done) {
		o->SSL_free(keeper);
		keeper = NULL;
	}
	QUIET_END(o)
	return keeper;
}

static void give_client_state_back(const struct openssl *o, SSL *ssl, struct kept *k)
{
	QUIET_BEGIN(o)
	if (later(o)->SSL_get_certificate(ssl) == k->certificate) {
		SSL_SESSION *session = later(o)->SSL_get1_session(ssl);
		later(o)->SSL_copy_session_id(ssl, k->keeper);
		set_session(o, ssl, session);
	} else if (later(o)->SSL_set_security_level && k->level >= 0) {
		/* certificates of the client's, set meanwhile, are there now */
		later(o)->SSL_set_security_level(ssl, k->level);
	}
	QUIET_END(o)
}

bool apply_hand_on(const struct openssl *o, SSL *to, const struct applied *a)
{
	const struct kept *k = &a->kept;
	bool done;
	if (!k->in_client_state)
		return true;
	if (!k->keeper)
		return false;
	QUIET_BEGIN(o)
	SSL_SESSION *session = later(o)->SSL_get1_session(to);
	done = later(o)->SSL_copy_session_id(to, k->keeper) == 1;
	set_session(o, to, session);
	QUIET_END(o)
	return done;
}

/* ---- numbers and bits ---------------------------------------------------------------------------------------------------------- */

static const int getters[KEPT_NUMBERS] = {SSL_CTRL_GET_MIN_PROTO_, SSL_CTRL_GET_MAX_PROTO_,
					  SSL_CTRL_GET_MAX_CERT_LIST_};
static const int setters[KEPT_NUMBERS] = {SSL_CTRL_SET_MIN_PROTO_, SSL_CTRL_SET_MAX_PROTO_,
					  SSL_CTRL_SET_MAX_CERT_LIST_};

static void note_numbers(const struct openssl *o, SSL *ssl, long numbers[KEPT_NUMBERS])
{
	/* which cannot fail */
	for (unsigned i = 0; i < KEPT_NUMBERS; i++)
		numbers[i] = o->SSL_ctrl(ssl, getters[i], 0, NULL);
}

static void give_numbers_back(const struct openssl *o, SSL *ssl, const struct kept *k)
{
	long now[KEPT_NUMBERS];
	note_numbers(o, ssl, now);
	QUIET_BEGIN(o)
	for (unsigned i = 0; i < KEPT_NUMBERS; i++)
		if (k->numbers_after[i] != k->numbers_before[i] && now[i] == k->numbers_after[i])
			o->SSL_ctrl(ssl, setters[i], k->numbers_before[i], NULL);
	QUIET_END(o)
}

static void give_options_back(const struct openssl *o, SSL *ssl, const struct kept *k)
{
	uint64_t now = apply_options(o, ssl);
	uint64_t ours = (k->options_before ^ k->options_after) & ~(now ^ k->options_after);
	if (ours & now)
		apply_clear_options(o, ssl, ours & now);
	if (ours & ~now)
		apply_set_options(o, ssl, ours & ~now);
}

/* ---- the whole -------------------------------------------------------------------------------------------------------------------- */

void undo_begin(const struct openssl *o, SSL *ssl, const struct rule *rule, struct kept *k)
{
	struct buf b[2];
	k->any = true;
	k->options_before = apply_options(o, ssl);
	note_numbers(o, ssl, k->numbers_before);
	k->groups = rule->set[KEY_GROUPS] != NULL;
	k->level = later(o)->SSL_get_security_level ? later(o)->SSL_get_security_level(ssl) : -1;
	k->in_client_state =
	    rule->set[KEY_CIPHER_STRING] || rule->set[KEY_SIGNATURE_ALGORITHMS] || k->identity;
	if (k->in_client_state)
		k->keeper = keep_client_state(o, ssl);
	k->ciphers = (rule->set[KEY_CIPHER_STRING] || rule->set[KEY_CIPHERSUITES]) &&
		     later(o)->SSL_get_ciphers && o->SSL_set_cipher_list;
	if (!k->ciphers)
		return;
	note_ciphers(o, ssl, b);
	for (unsigned i = 0; i < 2; i++) {
		k->before[i] = b[i].truncated ? NULL : strdup(buf_str(&b[i]));
		buf_free(&b[i]);
	}
}

void undo_settle(const struct openssl *o, SSL *ssl, struct kept *k)
{
	struct buf b[2];
	k->options_after = apply_options(o, ssl);
	note_numbers(o, ssl, k->numbers_after);
	k->certificate = later(o)->SSL_get_certificate ? later(o)->SSL_get_certificate(ssl) : NULL;
	if (!k->ciphers)
		return;
	note_ciphers(o, ssl, b);
	for (unsigned i = 0; i < 2; i++) {
		bool same = k->before[i] && strcmp(k->before[i], buf_str(&b[i])) == 0;
		k->after[i] = b[i].truncated || same ? NULL : strdup(buf_str(&b[i]));
		buf_free(&b[i]);
	}
}

void apply_undo(const struct openssl *o, SSL *ssl, struct applied *a)
{
	struct kept *k = &a->kept;
	if (!k->any)
		return;
	apply_name_back(o, ssl, a, true);
	give_options_back(o, ssl, k);
	give_numbers_back(o, ssl, k);
	if (k->ciphers)
		give_ciphers_back(o, ssl, k);
	if (k->groups)
		give_groups_back(o, ssl);
	if (k->keeper)
		give_client_state_back(o, ssl, k);
	apply_forget(o, a);
}

void apply_forget(const struct openssl *o, struct applied *a)
{
	struct kept *k = &a->kept;
	if (!k->any)
		return;
	for (unsigned i = 0; i < 2; i++) {
		free(k->before[i]);
		free(k->after[i]);
	}
	free(k->name);
	identity_release(k->identity);
	if (k->keeper) {
		QUIET_BEGIN(o)
		o->SSL_free(k->keeper);
		QUIET_END(o)
	}
	memset(k, 0, sizeof *k);
}
