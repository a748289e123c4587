/* SPDX-License-Identifier: ISC
 *
 * A certificate out of memory that OpenSSL refuses for its strength: openssl s_client, .NET and others parse files by themselves. What
 * comes out of files through OpenSSL's own functions is load.c's.
 */
#include <tlsmend/evidence.h>
#include <tlsmend/log.h>

#include "../openssl/versions.h"
#include "load.h"

static void refused(struct copy *c, const void *object, X509 *x, int level, const char *call)
{
	const struct openssl *o = copy_api(c);
	if (!x || !record_wanted(LEVEL_ERROR) || failed_known(object, FILE_CERTIFICATE, "", call))
		return;
	struct evidence *e = evidence_new(EVENT_LOAD_FAILED);
	if (!e)
		return;
	unsigned long code = o->ERR_peek_last_error();
	openssl_error_split(o, code, &e->file_library, &e->ssl_reason);
	if (!code || !evidence_is_weak_certificate(e)) {
		evidence_free(e);
		return;
	}
	e->ssl_reason_text = arena_strdup(&e->arena, o->ERR_reason_error_string(code));
	evidence_library(e, o);
	e->file_role = FILE_CERTIFICATE;
	e->file_call = call;
	e->file_path = "";
	e->security_level = level;
	evidence_own_certificate(e, o, x);
	failed_wait(object, e);
}

#define CALL (__func__ + 5)

int hook_SSL_CTX_use_certificate(const struct target *t, SSL_CTX *ctx, X509 *x)
{
	const struct openssl *o = copy_api(t->copy);
	int r = ((union {
			void *object;
			int (*function)(SSL_CTX *, X509 *);
		}){.object = t->real})
		    .function(ctx, x);
	if (t->caller != CALLER_HOST || !ctx)
		return r;
	KEEP_ERRNO_BEGIN
	if (r == 1) {
		failed_settle(ctx, ROLE_CERTIFICATE, false);
		failed_settle(NULL, ROLE_READ, false);
	} else if (loaded_watch(t->copy, INDEX_CTX_FILES))
		refused(t->copy, ctx, x,
			o->SSL_CTX_get_security_level ? o->SSL_CTX_get_security_level(ctx) : -1,
			CALL);
	KEEP_ERRNO_END
	return r;
}

int hook_SSL_use_certificate(const struct target *t, SSL *ssl, X509 *x)
{
	const struct openssl *o = copy_api(t->copy);
	int r = ((union {
			void *object;
			int (*function)(SSL *, X509 *);
		}){.object = t->real})
		    .function(ssl, x);
	if (t->caller != CALLER_HOST || !ssl)
		return r;
	KEEP_ERRNO_BEGIN
	if (r == 1) {
		failed_settle(ssl, ROLE_CERTIFICATE, false);
		failed_settle(NULL, ROLE_READ, false);
	} else if (loaded_watch(t->copy, INDEX_SSL_FILES))
		refused(t->copy, ssl, x,
			o->SSL_get_security_level ? o->SSL_get_security_level(ssl) : -1, CALL);
	KEEP_ERRNO_END
	return r;
}
