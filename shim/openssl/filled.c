/* SPDX-License-Identifier: ISC
 *
 * OpenSSL 1.0.x has macros where later generations have functions: they look into structures that its headers show, and that no release
 * of it changed any more. What is read here is what those macros read; the structures end where nothing behind is of interest.
 */
#include "filled.h"

#include <string.h>

#include <tlsmend/binding.h>

struct ex_data {
	OPENSSL_STACK *list;
	int dummy;
};
struct old_info { /* X509_CINF */
	void *version, *serial, *algorithm, *issuer;
	const ASN1_STRING *const *validity; /* not before, not after */
	void *subject;
	X509_PUBKEY *key;
};
struct old_certificate { /* X509 */
	struct old_info *info;
	void *algorithm, *signature;
	int valid, references;
	char *name;
	struct ex_data ex_data;
	long path_length, proxy_path_length;
	unsigned long flags, key_usage, extended_key_usage, netscape;
	const ASN1_STRING *subject_key_id;
	const ASN1_STRING *const *authority_key_id; /* key identifier, issuer, serial */
};
struct old_list { /* X509_CRL_INFO */
	void *version, *algorithm;
	X509_NAME *issuer;
	const ASN1_STRING *last, *next;
};
struct old_store { /* X509_STORE */
	int cache;
	OPENSSL_STACK *objects, *lookups;
	X509_VERIFY_PARAM *param;
	void *verify, *verify_cb, *get_issuer, *check_issued, *check_revocation, *get_crl,
	    *check_crl, *cert_crl, *lookup_certs, *lookup_crls, *cleanup;
	struct ex_data ex_data;
};
struct old_context { /* X509_STORE_CTX */
	X509_STORE *store;
	int method;
	X509 *certificate;
	OPENSSL_STACK *untrusted, *lists;
	X509_VERIFY_PARAM *param;
	void *other, *verify;
	openssl_verify_cb *verify_cb;
	void *get_issuer, *check_issued, *check_revocation, *get_crl, *check_crl, *cert_crl,
	    *check_policy, *lookup_certs;
};
struct old_object { /* X509_OBJECT */
	int type;
	X509 *data;
};
struct old_lookup { /* X509_LOOKUP */
	int init, skip;
	void *method, *data;
	X509_STORE *store;
};
struct old_param { /* X509_VERIFY_PARAM */
	char *name;
	time_t time;
};

/* The functions of the copy that this thread works for. */
static const struct openssl *current(void)
{
	return copy_api(binding_current);
}

/* ---- certificates --------------------------------------------------------------------------------------------- */
/* What OpenSSL keeps of the extensions; it looks at them when somebody asks. */
static const struct old_certificate *looked_at(X509 *x)
{
	const struct old_certificate *c = (const void *)x;
	enum { FLAG_SET = 0x100 };
	if (!(c->flags & FLAG_SET) && binding_current && current()->X509_check_ca)
		current()->X509_check_ca(x);
	return c;
}

static X509_PUBKEY *key_of(const X509 *x)
{
	return ((const struct old_certificate *)(const void *)x)->info->key;
}

static const ASN1_STRING *not_before(const X509 *x)
{
	return ((const struct old_certificate *)(const void *)x)->info->validity[0];
}

static const ASN1_STRING *not_after(const X509 *x)
{
	return ((const struct old_certificate *)(const void *)x)->info->validity[1];
}

static uint32_t extension_flags(X509 *x)
{
	return (uint32_t)looked_at(x)->flags;
}

/* All bits where the certificate does not say. */
static uint32_t key_usage(X509 *x)
{
	enum { FLAG_KUSAGE = 0x2 };
	const struct old_certificate *c = looked_at(x);
	return c->flags & FLAG_KUSAGE ? (uint32_t)c->key_usage : UINT32_MAX;
}

static uint32_t extended_key_usage(X509 *x)
{
	enum { FLAG_XKUSAGE = 0x4 };
	const struct old_certificate *c = looked_at(x);
	return c->flags & FLAG_XKUSAGE ? (uint32_t)c->extended_key_usage : UINT32_MAX;
}

/* -1 where the certificate does not say, or cannot say. */
static long path_length(X509 *x)
{
	const struct old_certificate *c = looked_at(x);
	return c->flags & EXFLAG_INVALID_ || !(c->flags & EXFLAG_BCONS_) ? -1 : c->path_length;
}

static const ASN1_STRING *subject_key_id(X509 *x)
{
	return looked_at(x)->subject_key_id;
}

static const ASN1_STRING *authority_key_id(X509 *x)
{
	const struct old_certificate *c = looked_at(x);
	return c->authority_key_id ? c->authority_key_id[0] : NULL;
}

static const ASN1_STRING *authority_serial(X509 *x)
{
	const struct old_certificate *c = looked_at(x);
	return c->authority_key_id ? c->authority_key_id[2] : NULL;
}

static int up_ref(X509 *x)
{
	enum { LOCK_X509 = 3 };
	union {
		X509 *x;
		struct old_certificate *c;
	} of = {.x = x};
	if (!binding_current || !current()->CRYPTO_add_lock)
		return 0;
	current()->CRYPTO_add_lock(&of.c->references, 1, LOCK_X509, "", 0);
	return 1;
}

static X509_NAME *list_issuer(const X509_CRL *crl)
{
	return (*(const struct old_list *const *)(const void *)crl)->issuer;
}

static const ASN1_STRING *list_last(const X509_CRL *crl)
{
	return (*(const struct old_list *const *)(const void *)crl)->last;
}

static const ASN1_STRING *list_next(const X509_CRL *crl)
{
	return (*(const struct old_list *const *)(const void *)crl)->next;
}

static const ASN1_STRING *revocation_date(const X509_REVOKED *r)
{
	return ((const ASN1_STRING *const *)(const void *)r)[1];
}

/* ---- the context of a verification ------------------------------------------------------------------------------ */
#define CONTEXT(ctx) ((const struct old_context *)(const void *)(ctx))
#define STORE(store) ((const struct old_store *)(const void *)(store))

static X509 *context_cert(const X509_STORE_CTX *ctx)
{
	return CONTEXT(ctx)->certificate;
}

static X509_STORE *context_store(const X509_STORE_CTX *ctx)
{
	return CONTEXT(ctx)->store;
}

static OPENSSL_STACK *context_untrusted(const X509_STORE_CTX *ctx)
{
	return CONTEXT(ctx)->untrusted;
}

static openssl_verify_cb *context_verify_cb(const X509_STORE_CTX *ctx)
{
	return CONTEXT(ctx)->verify_cb;
}

static void *context_get_issuer(const X509_STORE_CTX *ctx)
{
	return CONTEXT(ctx)->get_issuer;
}

static void *context_lookup_certs(const X509_STORE_CTX *ctx)
{
	return CONTEXT(ctx)->lookup_certs;
}

static time_t param_time(const X509_VERIFY_PARAM *param)
{
	return ((const struct old_param *)(const void *)param)->time;
}

/* ---- stores ------------------------------------------------------------------------------------------------------- */
static OPENSSL_STACK *store_objects(const X509_STORE *store)
{
	return STORE(store)->objects;
}

static X509_VERIFY_PARAM *store_param(const X509_STORE *store)
{
	return STORE(store)->param;
}

#define STORE_FUNCTION(field)                                                                      \
	static void *store_##field(const X509_STORE *store)                                        \
	{                                                                                          \
		return STORE(store)->field;                                                        \
	}
STORE_FUNCTION(verify)
STORE_FUNCTION(get_issuer)
STORE_FUNCTION(check_issued)
STORE_FUNCTION(check_revocation)
STORE_FUNCTION(get_crl)
STORE_FUNCTION(check_crl)
STORE_FUNCTION(cert_crl)
STORE_FUNCTION(lookup_certs)
STORE_FUNCTION(lookup_crls)
STORE_FUNCTION(cleanup)

static const CRYPTO_EX_DATA *store_ex_data(const X509_STORE *store)
{
	return (const void *)&STORE(store)->ex_data;
}

static void *store_get_ex_data(const X509_STORE *store, int index)
{
	return binding_current ? current()->CRYPTO_get_ex_data(store_ex_data(store), index) : NULL;
}

static int store_set_ex_data(X509_STORE *store, int index, void *data)
{
	union {
		const CRYPTO_EX_DATA *shown;
		CRYPTO_EX_DATA *own;
	} of = {.shown = store_ex_data(store)};
	return binding_current ? current()->CRYPTO_set_ex_data(of.own, index, data) : 0;
}

static int lock_store(int mode)
{
	enum { LOCK_X509_STORE = 11 };
	if (!binding_current || !current()->CRYPTO_lock)
		return 0;
	current()->CRYPTO_lock(mode, LOCK_X509_STORE, "", 0);
	return 1;
}

static int store_lock(X509_STORE *store)
{
	enum { LOCK_TO_WRITE = 1 | 8 };
	(void)store;
	return lock_store(LOCK_TO_WRITE);
}

static int store_unlock(X509_STORE *store)
{
	enum { UNLOCK_TO_WRITE = 2 | 8 };
	(void)store;
	return lock_store(UNLOCK_TO_WRITE);
}

static int object_type(const X509_OBJECT *object)
{
	return ((const struct old_object *)(const void *)object)->type;
}

static X509 *object_certificate(const X509_OBJECT *object)
{
	return object_type(object) == X509_LU_X509_
		   ? ((const struct old_object *)(const void *)object)->data
		   : NULL;
}

static X509_STORE *lookup_store(const X509_LOOKUP *lookup)
{
	return ((const struct old_lookup *)(const void *)lookup)->store;
}

/* ---- libssl ------------------------------------------------------------------------------------------------------- */
static int in_before(const SSL *ssl)
{
	enum { STATE_BEFORE = 0x4000 };
	return binding_current && current()->SSL_state && current()->SSL_state(ssl) & STATE_BEFORE;
}

static int session_reused(const SSL *ssl)
{
	enum { CTRL_GET_SESSION_REUSED = 8 };
	union {
		const SSL *shown;
		SSL *own;
	} of = {.shown = ssl};
	return binding_current ? (int)current()->SSL_ctrl(of.own, CTRL_GET_SESSION_REUSED, 0, NULL)
			       : 0;
}

/* Each function's place in struct openssl, and its type there, so that none can differ. */
enum {
#define API(lib, need, ret, name, params, also)                                                    \
	AT_##name = offsetof(struct openssl, API_FIELD_##need(name)),
#include "api.def"
#undef API
};
#define API(lib, need, ret, name, params, also) typedef ret(*TYPE_##name) params;
#include "api.def"
#undef API
#define FILLED(name, own)                                                                          \
	case AT_##name:                                                                            \
		return ((union {                                                                   \
			       TYPE_##name function;                                               \
			       void *object;                                                       \
		       }){.function = (own)})                                                      \
		    .object;

static void *filled_102(size_t offset)
{
	switch (offset) {
		FILLED(X509_get_X509_PUBKEY, key_of)
		FILLED(X509_get0_notBefore, not_before)
		FILLED(X509_get0_notAfter, not_after)
		FILLED(X509_get_extension_flags, extension_flags)
		FILLED(X509_get_key_usage, key_usage)
		FILLED(X509_get_extended_key_usage, extended_key_usage)
		FILLED(X509_get_pathlen, path_length)
		FILLED(X509_get0_subject_key_id, subject_key_id)
		FILLED(X509_get0_authority_key_id, authority_key_id)
		FILLED(X509_get0_authority_serial, authority_serial)
		FILLED(X509_up_ref, up_ref)
		FILLED(X509_CRL_get_issuer, list_issuer)
		FILLED(X509_CRL_get0_lastUpdate, list_last)
		FILLED(X509_CRL_get0_nextUpdate, list_next)
		FILLED(X509_REVOKED_get0_revocationDate, revocation_date)
		FILLED(X509_STORE_CTX_get0_cert, context_cert)
		FILLED(X509_STORE_CTX_get0_store, context_store)
		FILLED(X509_STORE_CTX_get0_untrusted, context_untrusted)
		FILLED(X509_STORE_CTX_get_verify_cb, context_verify_cb)
		FILLED(X509_STORE_CTX_get_get_issuer, context_get_issuer)
		FILLED(X509_STORE_CTX_get_lookup_certs, context_lookup_certs)
		FILLED(X509_VERIFY_PARAM_get_time, param_time)
		FILLED(X509_STORE_get0_objects, store_objects)
		FILLED(X509_STORE_get0_param, store_param)
		FILLED(X509_STORE_get_verify, store_verify)
		FILLED(X509_STORE_get_get_issuer, store_get_issuer)
		FILLED(X509_STORE_get_check_issued, store_check_issued)
		FILLED(X509_STORE_get_check_revocation, store_check_revocation)
		FILLED(X509_STORE_get_get_crl, store_get_crl)
		FILLED(X509_STORE_get_check_crl, store_check_crl)
		FILLED(X509_STORE_get_cert_crl, store_cert_crl)
		FILLED(X509_STORE_get_lookup_certs, store_lookup_certs)
		FILLED(X509_STORE_get_lookup_crls, store_lookup_crls)
		FILLED(X509_STORE_get_cleanup, store_cleanup)
		FILLED(X509_STORE_get_ex_data, store_get_ex_data)
		FILLED(X509_STORE_set_ex_data, store_set_ex_data)
		FILLED(X509_STORE_lock, store_lock)
		FILLED(X509_STORE_unlock, store_unlock)
		FILLED(X509_OBJECT_get_type, object_type)
		FILLED(X509_OBJECT_get0_X509, object_certificate)
		FILLED(X509_LOOKUP_get_store, lookup_store)
		FILLED(SSL_in_before, in_before)
		FILLED(SSL_session_reused, session_reused)
	default:
		return NULL;
	}
}

void *filled_at(unsigned long version, size_t offset)
{
	void *function = NULL;
	if (version < OLDEST_OPENSSL || version >= 0x10100000UL)
		return NULL;
	if (version < 0x10002000UL)
		memcpy(&function, (const char *)&filled_101 + offset, sizeof function);
	return function ? function : filled_102(offset);
}
