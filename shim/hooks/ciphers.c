/* SPDX-License-Identifier: ISC
 *
 * Cipher strings: the client's are remembered for the record of a failure; one that OpenSSL refuses, on which many clients give up
 * before any handshake, waits like a file that could not be loaded (failed.c) until it is known what the client made of it.
 */
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "connection.h"
#include "lately.h"
#include "load.h"
#include "loaded.h"
#include "offer.h"

#define REAL LOAD_REAL
#define CALL LOAD_CALL

/* ---- which parts of a refused string OpenSSL does not know ------------------------------------------------------------ */

enum { PARTS = 24, PART_BYTES = 64 };

/* A context of our own to try them on; the client's stay as they are. NULL: none can be made. */
static SSL_CTX *scratch_context(struct copy *c)
{
	const struct openssl *o = copy_api(c);
	union {
		void *object;
		SSL_CTX *(*function)(const SSL_METHOD *);
	} make = {.object = copy_real(c, HOOK_SSL_CTX_new)};
	SSL_CTX *ctx = NULL;
	if (!make.object || !o->TLS_client_method)
		return NULL;
	QUIET_BEGIN(o)
	ctx = make.function(o->TLS_client_method());
	QUIET_END(o)
	return ctx;
}

static bool is_known(struct copy *c, enum hook call, SSL_CTX *scratch, const char *part)
{
	const struct openssl *o = copy_api(c);
	union {
		void *object;
		int (*function)(SSL_CTX *, const char *);
	} set = {.object = copy_real(c, call)};
	int ok = 0;
	QUIET_BEGIN(o)
	ok = set.function(scratch, part);
	QUIET_END(o)
	return ok == 1;
}

/* Each part by itself, without its operator; what is no name of ciphers (@SECLEVEL=2) is left out. */
static void try_parts(struct evidence *e, struct copy *c, enum hook call, SSL_CTX *scratch,
		      const char *string)
{
	const char *separators = call == HOOK_SSL_CTX_set_cipher_list ? ":, ;" : ":";
	const char **list = arena_alloc(&e->arena, PARTS * sizeof *list);
	char part[PART_BYTES];
	unsigned tried = 0;
	for (const char *s = string; list && *s && tried < PARTS;) {
		size_t n = strcspn(s, separators), skip = strspn(s, "!+-");
		if (n > skip && n - skip < sizeof part && s[skip] != '@') {
			memcpy(part, s + skip, n - skip);
			part[n - skip] = '\0';
			tried++;
			if (!is_known(c, call, scratch, part))
				list[e->cipher_unknown_count++] = arena_strdup(&e->arena, part);
		}
		s += n;
		s += *s != '\0';
	}
	e->cipher_unknown = list;
}

/* ---- one string ------------------------------------------------------------------------------------------------------- */

struct use {
	struct copy *copy;
	SSL_CTX *ctx;
	SSL *ssl; /* NULL: the context's */
	const char *string, *call;
	enum hook on_context; /* the same call on an SSL_CTX */
};

static void *object_of(const struct use *u)
{
	return u->ssl ? (void *)u->ssl : (void *)u->ctx;
}

static enum kept_name index_of(const struct use *u)
{
	return u->ssl ? KEPT_SSL_FILES : KEPT_CTX_FILES;
}

/* libssl calls these functions too: for SSL_CTX_new(), and for a rule of ours. */
static bool is_clients(const struct use *u)
{
	const struct openssl *o = copy_api(u->copy);
	if (!u->string || !object_of(u))
		return false;
	struct connection *n = u->ssl ? connection_of(u->copy, u->ssl) : NULL;
	return !(n && n->applying) &&
	       offer_context_is_known(u->copy, u->ssl ? o->SSL_get_SSL_CTX(u->ssl) : u->ctx);
}

static void refused(const struct use *u)
{
	const struct openssl *o = copy_api(u->copy);
	failed_settle(object_of(u), ROLE_CIPHERS, false); /* the last one is what it gives up on */
	struct evidence *e = record_wanted(LEVEL_ERROR) && loaded_watch(u->copy, index_of(u))
				 ? evidence_new(EVENT_HANDSHAKE_FAILED)
				 : NULL;
	if (!e)
		return;
	unsigned long code = o->ERR_peek_last_error();
	int library;
	evidence_library(e, o);
	openssl_error_split(o, code, &library, &e->ssl_reason);
	e->ssl_reason_text = arena_strdup(&e->arena, o->ERR_reason_error_string(code));
	e->cipher_call = u->call;
	e->cipher_string = arena_strdup(&e->arena, u->string);
	e->ciphers_by = (struct origin){SETTER_CLIENT, NULL};
	SSL_CTX *scratch = scratch_context(u->copy);
	if (scratch) {
		try_parts(e, u->copy, u->on_context, scratch, u->string);
		o->SSL_CTX_free(scratch);
	}
	failed_wait(object_of(u), e);
}

static int given(const struct use *u, int result)
{
	KEEP_ERRNO_BEGIN
	if (is_clients(u)) {
		enum loaded_kind kind = u->on_context == HOOK_SSL_CTX_set_cipher_list
					    ? LOADED_CIPHERS
					    : LOADED_CIPHERSUITES;
		loaded_note(&(struct loaded_into){u->copy, index_of(u), object_of(u)}, kind,
			    u->string, result == 1);
		if (result == 1) {
			failed_settle(object_of(u), ROLE_CIPHERS, false);
		} else {
			refused(u);
		}
	}
	KEEP_ERRNO_END
	return result;
}

int hook_SSL_CTX_set_cipher_list(const struct target *t, SSL_CTX *ctx, const char *string)
{
	int r = REAL(int, SSL_CTX *, const char *)(ctx, string);
	return given(&(struct use){t->copy, ctx, NULL, string, CALL, HOOK_SSL_CTX_set_cipher_list},
		     r);
}

int hook_SSL_CTX_set_ciphersuites(const struct target *t, SSL_CTX *ctx, const char *string)
{
	int r = REAL(int, SSL_CTX *, const char *)(ctx, string);
	return given(&(struct use){t->copy, ctx, NULL, string, CALL, HOOK_SSL_CTX_set_ciphersuites},
		     r);
}

int hook_SSL_set_cipher_list(const struct target *t, SSL *ssl, const char *string)
{
	int r = REAL(int, SSL *, const char *)(ssl, string);
	return given(&(struct use){t->copy, NULL, ssl, string, CALL, HOOK_SSL_CTX_set_cipher_list},
		     r);
}

int hook_SSL_set_ciphersuites(const struct target *t, SSL *ssl, const char *string)
{
	int r = REAL(int, SSL *, const char *)(ssl, string);
	return given(&(struct use){t->copy, NULL, ssl, string, CALL, HOOK_SSL_CTX_set_ciphersuites},
		     r);
}

/* ---- none at all ------------------------------------------------------------------------------------------------------ */

/* The providers that openssl.cnf has OpenSSL load have no algorithm of TLS, or could not be loaded. No program gets on from there; some try
 * again and again. */
void offer_none(struct copy *c)
{
	enum { LIBRARY_HAS_NO_CIPHERS = 161, PROVIDERS = 0x30000000 };
	static struct lately lately;
	static const uint8_t any[32];
	const struct openssl *o = copy_api(c);
	unsigned long code = o->ERR_peek_last_error();
	int library, reason;
	openssl_error_split(o, code, &library, &reason);
	if (o->version < PROVIDERS || library != ERR_LIB_SSL_ || reason != LIBRARY_HAS_NO_CIPHERS ||
	    !record_wanted(LEVEL_ERROR) || lately_seen(&lately, any))
		return;
	struct evidence *e = evidence_new(EVENT_HANDSHAKE_FAILED);
	if (!e)
		return;
	evidence_library(e, o);
	e->ssl_reason = reason;
	e->ssl_reason_text = arena_strdup(&e->arena, o->ERR_reason_error_string(code));
	e->cipher_call = "SSL_CTX_new";
	e->ciphers_by = (struct origin){SETTER_CONF, offer_conf(e, o)};
	connection_report(NULL, e);
}
