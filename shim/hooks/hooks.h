/* SPDX-License-Identifier: ISC
 *
 * What all hooks share: their prototypes, and our callbacks of each copy. Every hook_NAME() gets the target that the call was meant
 * for, calls `target->real` exactly once and returns what it returned. t->copy is never NULL there.
 */
#ifndef TLSMEND_HOOKS_H
#define TLSMEND_HOOKS_H

#include <tlsmend/apply.h>
#include <tlsmend/binding.h>
#include <tlsmend/seen.h>
#include <tlsmend/outcome.h>
#include <tlsmend/policy.h>

#define P(...) __VA_ARGS__
#define A(...) __VA_ARGS__
#define HOOK(lib, ret, name, none, tell, params, args)                                             \
	ret hook_##name(const struct target *target, params);
#define HOOK_VOID(lib, name, params, args) void hook_##name(const struct target *target, params);
#include "hooks.def"

/* The pointer that dlsym(3) answers with, so that the call keeps its copy. */
void *thunk_of(const struct copy *c, enum hook h);

/* The info, message and verify callback of each copy (OpenSSL passes them no argument that would tell it). */
openssl_info_cb *observer_info(const struct copy *c);
openssl_msg_cb *observer_msg(const struct copy *c);
openssl_verify_cb *observer_verify(const struct copy *c);
openssl_cert_verify_cb *observer_cert_verify(const struct copy *c);
typedef void openssl_end_cb(void);
openssl_end_cb *observer_end(const struct copy *c);
void observe_end(struct copy *c);
/* ... was called: OpenSSL is taken down, under the hands of the threads that are left. */
bool observe_ended(const struct copy *c);
int observe_cert_verify(struct copy *c, X509_STORE_CTX *ctx, void *arg);
/* (cert_verify.c) A new SSL_CTX: where its libssl verifies past our export, we are called all the same. */
void verify_for_context(struct copy *c, SSL_CTX *ctx);
/* A step within a handshake, and no client has ever had a callback that would look at it. */
bool observe_step_of_nobody(int where);
void observe_info(struct copy *c, const SSL *ssl, int where, int value);
void observe_msg(struct copy *c, int write_p, int version, int content_type, const void *buf,
		 size_t len, SSL *ssl, void *arg);
int observe_verify(struct copy *c, int ok, X509_STORE_CTX *ctx);

/* OpenSSL hands the SSL to info callbacks and getters as const; what is changed of it is ours, or allowed at that time. */
static inline SSL *writable_ssl(const SSL *ssl)
{
	return (union {
		       const SSL *given;
		       SSL *ssl;
	       }){.given = ssl}
	    .ssl;
}

/* TLSMEND_DISABLE, AT_SECURE */
static inline bool hooks_inert(void)
{
	return environment_get()->disabled;
}

#endif
