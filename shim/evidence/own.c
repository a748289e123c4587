/* SPDX-License-Identifier: ISC
 *
 * The client's own certificate, and the CAs that the server names when it asks for one. Nothing of the private key is looked at
 * but whether there is one.
 */
#include "certificate.h"
#include "file.h"

#include <string.h>

enum {
	OWN_CHAIN = 10,
	CTRL_GET_EXTRA_CHAIN_CERTS = 82,
	CTRL_GET_CHAIN_CERTS = 115,
	FILE_LIMIT = 1 << 20,
	NAMES_COMPARED = 1000,
};

struct own {
	struct evidence *e;
	const struct openssl *o;
	X509 *chain[OWN_CHAIN]; /* borrowed */
	size_t count;
	enum cert_from from[OWN_CHAIN];
};

static void add(struct own *w, X509 *x, enum cert_from from)
{
	if (!x || w->count >= OWN_CHAIN)
		return;
	w->from[w->count] = from;
	w->chain[w->count++] = x;
}

static void describe(struct own *w)
{
	struct own_certificate *own = &w->e->own;
	if (w->count > 0)
		own->chain = arena_alloc(&w->e->arena, w->count * sizeof *own->chain);
	if (!own->chain)
		return;
	for (size_t i = 0; i < w->count; i++)
		evidence_certificate(w->e, w->o, w->chain[i], w->from[i], &own->chain[i]);
	own->count = w->count;
}

/* ---- what goes along with it (SSL_CTX_add0_chain_cert(3)) -------------------------------------------- */

static OPENSSL_STACK *configured_chain(const struct openssl *o, SSL *ssl)
{
	SSL_CTX *ctx = o->SSL_get_SSL_CTX(ssl);
	OPENSSL_STACK *chain = NULL;
	QUIET_BEGIN(o)
	o->SSL_ctrl(ssl, CTRL_GET_CHAIN_CERTS, 0, &chain);
	if (!chain && ctx)
		o->SSL_CTX_ctrl(ctx, CTRL_GET_EXTRA_CHAIN_CERTS, 1, &chain);
	QUIET_END(o)
	return chain;
}

static X509 *issuer_in(const struct openssl *o, OPENSSL_STACK *objects, X509 *x)
{
	int i, n = objects ? o->OPENSSL_sk_num(objects) : 0;
	X509 *found = NULL;
	for (i = 0; i < n && !found; i++) {
		X509_OBJECT *object = o->OPENSSL_sk_value(objects, i);
		X509 *candidate = later(o)->X509_OBJECT_get_type(object) == X509_LU_X509_
				      ? later(o)->X509_OBJECT_get0_X509(object)
				      : NULL;
		if (!candidate)
			continue;
		QUIET_BEGIN(o)
		if (o->X509_check_issued(candidate, x) == 0)
			found = candidate;
		QUIET_END(o)
	}
	return found;
}

/* Where the client configured no chain, OpenSSL completes it out of the client's trust store; the Certificate message told how far. */
static void add_completed(struct own *w, X509_STORE *store)
{
	const struct openssl *o = w->o;
	const bool lock = later(o)->X509_STORE_lock && later(o)->X509_STORE_unlock;
	X509 *issuer;
	if (!store || w->count == 0 || w->count >= w->e->own.sent ||
	    !later(o)->X509_STORE_get0_objects || !later(o)->X509_OBJECT_get_type ||
	    !later(o)->X509_OBJECT_get0_X509 || (lock && later(o)->X509_STORE_lock(store) != 1))
		return;
	OPENSSL_STACK *objects = later(o)->X509_STORE_get0_objects(store);
	while (w->count < w->e->own.sent && w->count < OWN_CHAIN) {
		issuer = issuer_in(o, objects, w->chain[w->count - 1]);
		if (!issuer || issuer == w->chain[w->count - 1])
			break;
		add(w, issuer, FROM_STORE);
	}
	/* while the store holds them */
	describe(w);
	if (lock)
		later(o)->X509_STORE_unlock(store);
}

/* ---- what the server wants -------------------------------------------------------------------------------- */

static bool is_named(const struct own *w, const X509_NAME *name)
{
	const struct openssl *o = w->o;
	bool found = false;
	for (size_t i = 0; i < w->count && !found; i++) {
		QUIET_BEGIN(o)
		found = o->X509_NAME_cmp(o->X509_get_issuer_name(w->chain[i]), name) == 0 ||
			o->X509_NAME_cmp(o->X509_get_subject_name(w->chain[i]), name) == 0;
		QUIET_END(o)
	}
	return found;
}

/* RFC 8446 section 4.2.4, RFC 5246 section 7.4.4: names of roots or of CAs below them; none: any CA may do. */
static void wanted_names(struct own *w, const SSL *ssl)
{
	const struct openssl *o = w->o;
	struct own_certificate *own = &w->e->own;
	if (!later(o)->SSL_get0_peer_CA_list)
		return;
	own->names_known = true;
	const OPENSSL_STACK *names = later(o)->SSL_get0_peer_CA_list(ssl);
	int n = names ? o->OPENSSL_sk_num(names) : 0;
	if (n <= 0)
		return;
	own->names_in_all = (size_t)n;
	own->names = arena_alloc(&w->e->arena, OWN_NAMES * sizeof *own->names);
	for (int i = 0; i < n && i < NAMES_COMPARED; i++) {
		const X509_NAME *name = o->OPENSSL_sk_value(names, i);
		if (own->names && own->name_count < OWN_NAMES)
			own->names[own->name_count++] = evidence_name(w->e, o, name);
		if (is_named(w, name))
			own->issuer_named = true;
	}
}

void evidence_own(struct evidence *e, const struct openssl *o, SSL *ssl)
{
	struct own *w = arena_alloc(&e->arena, sizeof *w);
	SSL_CTX *ctx = o->SSL_get_SSL_CTX(ssl);
	if (!w || !later(o)->SSL_get_certificate)
		return;
	w->e = e;
	w->o = o;
	add(w, later(o)->SSL_get_certificate(ssl), FROM_PRESENTED);
	OPENSSL_STACK *chain = w->count > 0 ? configured_chain(o, ssl) : NULL;
	for (int i = 0; chain && i < o->OPENSSL_sk_num(chain); i++)
		add(w, o->OPENSSL_sk_value(chain, i), FROM_PRESENTED);
	e->own.has_key =
	    w->count > 0 && later(o)->SSL_get_privatekey && later(o)->SSL_get_privatekey(ssl);
	e->own.too_late = w->count == 0 && ctx && later(o)->SSL_CTX_get0_certificate &&
			  later(o)->SSL_CTX_get0_certificate(ctx);
	if (!chain && ctx && o->SSL_CTX_get_cert_store)
		add_completed(w, o->SSL_CTX_get_cert_store(ctx));
	if (!e->own.chain)
		describe(w);
	wanted_names(w, ssl);
}

/* ---- from a file ---------------------------------------------------------------------------------------- */

bool evidence_is_weak_certificate(const struct evidence *e)
{
	enum { CA_KEY_TOO_SMALL = 397, CA_MD_TOO_WEAK = 398, EE_KEY_TOO_SMALL = 399 };
	return e->file_library == ERR_LIB_SSL_ &&
	       (e->ssl_reason == EE_KEY_TOO_SMALL || e->ssl_reason == CA_KEY_TOO_SMALL ||
		e->ssl_reason == CA_MD_TOO_WEAK);
}

static void read_certificates(struct own *w, const struct buf *file)
{
	const struct openssl *o = w->o;
	const unsigned char *der = (const unsigned char *)buf_str(file);
	BIO *in;
	X509 *x;
	QUIET_BEGIN(o)
	in = o->BIO_new_mem_buf(der, (int)file->len);
	while (in && w->count < OWN_CHAIN &&
	       (x = o->PEM_read_bio_X509(in, NULL, openssl_no_passphrase, NULL)) != NULL)
		add(w, x, FROM_PRESENTED);
	if (in)
		o->BIO_free(in);
	QUIET_END(o)
	QUIET_BEGIN(o)
	if (w->count == 0)
		add(w, o->d2i_X509(NULL, &der, (long)file->len), FROM_PRESENTED);
	QUIET_END(o)
}

void evidence_own_certificate(struct evidence *e, const struct openssl *o, X509 *x)
{
	struct own *w = arena_alloc(&e->arena, sizeof *w);
	if (!w)
		return;
	w->e = e;
	w->o = o;
	add(w, x, FROM_PRESENTED);
	describe(w);
}

void evidence_own_file(struct evidence *e, const struct openssl *o)
{
	struct own *w = arena_alloc(&e->arena, sizeof *w);
	struct buf b;
	buf_init(&b, 0);
	if (!w || file_read(e->file_path, FILE_LIMIT, &b, NULL, NULL, NULL) != 0) {
		file_wipe(&b);
		return;
	}
	w->e = e;
	w->o = o;
	read_certificates(w, &b);
	describe(w);
	for (size_t i = 0; i < w->count; i++)
		o->X509_free(w->chain[i]);
	file_wipe(&b); /* the key may stand in the same file */
}

void evidence_own_renewed(struct evidence *e, const struct openssl *o)
{
	struct own *w = e->own.file && e->own.count > 0 ? arena_alloc(&e->arena, sizeof *w) : NULL;
	struct cert_info *info = w ? arena_alloc(&e->arena, sizeof *info) : NULL;
	struct buf b;
	buf_init(&b, 0);
	if (info && file_read(e->own.file, FILE_LIMIT, &b, NULL, NULL, NULL) == 0) {
		w->e = e;
		w->o = o;
		read_certificates(w, &b);
		if (w->count > 0)
			evidence_certificate(e, o, w->chain[0], FROM_PRESENTED, info);
		if (w->count > 0 && info->have_sha256 && e->own.chain[0].have_sha256 &&
		    memcmp(info->sha256, e->own.chain[0].sha256, sizeof info->sha256) != 0)
			e->own.renewed = info;
		for (size_t i = 0; i < w->count; i++)
			o->X509_free(w->chain[i]);
	}
	file_wipe(&b);
}
