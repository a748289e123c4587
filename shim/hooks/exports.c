/* SPDX-License-Identifier: ISC
 *
 * What the host's calls arrive at: the exported functions, which find out the copy that was meant, and the thunks that dlsym(3)
 * answers with, which know it. All generated from hooks.def.
 */
#include <netdb.h>

#include <tlsmend/record.h>

#include "hooks.h"

#define EXPORTED __attribute__((visibility("default")))

/* A function of the copy behind a void pointer; the union keeps to C11 where a cast would not. */
#define REAL(ret, real, params, args)                                                              \
	((union {                                                                                  \
		void *object;                                                                      \
		ret (*function)(params);                                                           \
	}){.object = real})                                                                        \
	    .function(args)

/* For the time of a hook or callback: which copy this thread works for. */
#define WORKING_FOR(which, statement)                                                              \
	do {                                                                                       \
		struct copy *outer_ = binding_current;                                             \
		binding_current = (which);                                                         \
		statement;                                                                         \
		binding_current = outer_;                                                          \
	} while (0)

/* A call that is passed through. Where that is so because this OpenSSL is unknown to us, it is said once. */
static void pass_by(void)
{
	const char *path, *text = binding_problem(&path);
	if (!text || hooks_inert())
		return;
	KEEP_ERRNO_BEGIN
	record_config_error(path, 0, text);
	KEEP_ERRNO_END
}

/* Those that OpenSSL calls by itself some dozen times in a verification, where only the host's calls are of interest: what is done for these stands
 * apart, so that the others cost no more than a look at where they come from. */
static inline bool is_for_hosts(enum hook h)
{
	return h == HOOK_X509_get_ext_d2i || h == HOOK_X509_get_ext ||
	       h == HOOK_X509_get_ext_by_NID;
}

#define HOOK(lib, ret, name, none, tell, params, args)                                             \
	EXPORTED ret name(params);                                                                 \
	__attribute__((always_inline)) static inline ret call_##name(void *caller, params)         \
	{                                                                                          \
		struct target t;                                                                   \
		if (!binding_target(HOOK_##name, caller, NULL, &t))                                \
			return none;                                                               \
		if (!t.copy || hooks_inert()) {                                                    \
			pass_by();                                                                 \
			return REAL(ret, t.real, P(params), P(args));                              \
		}                                                                                  \
		ret result;                                                                        \
		WORKING_FOR(t.copy, result = hook_##name(&t, args));                               \
		return result;                                                                     \
	}                                                                                          \
	__attribute__((noinline)) static ret apart_##name(void *caller, params)                    \
	{                                                                                          \
		void *own = binding_own_call(HOOK_##name, caller);                                 \
		return own ? REAL(ret, own, P(params), P(args)) : call_##name(caller, args);       \
	}                                                                                          \
	EXPORTED ret name(params)                                                                  \
	{                                                                                          \
		void *caller = __builtin_return_address(0);                                        \
		if (!is_for_hosts(HOOK_##name))                                                    \
			return call_##name(caller, args);                                          \
		void *own = binding_usual_own_call(HOOK_##name, LIBRARY_##lib, caller);            \
		return own ? REAL(ret, own, P(params), P(args)) : apart_##name(caller, args);      \
	}
#define HOOK_VOID(lib, name, params, args)                                                         \
	EXPORTED void name(params);                                                                \
	EXPORTED void name(params)                                                                 \
	{                                                                                          \
		struct target t;                                                                   \
		if (!binding_target(HOOK_##name, __builtin_return_address(0), NULL, &t))           \
			return;                                                                    \
		if (!t.copy || hooks_inert()) {                                                    \
			pass_by();                                                                 \
			REAL(void, t.real, P(params), P(args));                                    \
		} else {                                                                           \
			WORKING_FOR(t.copy, hook_##name(&t, args));                                \
		}                                                                                  \
	}
#include "hooks.def"

/* ---- thunks and observers: one set per slot -------------------------------------------------------------- */

#define SLOTS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
_Static_assert(COPIES_MAX == 8, "SLOTS has one entry per copy");

#define HOOK(lib, ret, name, none, tell, params, args)                                             \
	static ret thunk_##name(unsigned slot, params)                                             \
	{                                                                                          \
		struct target t = {.copy = binding_slot(slot)};                                    \
		t.real = copy_real(t.copy, HOOK_##name);                                           \
		ret result;                                                                        \
		WORKING_FOR(t.copy, result = hook_##name(&t, args));                               \
		return result;                                                                     \
	}
#define HOOK_VOID(lib, name, params, args)                                                         \
	static void thunk_##name(unsigned slot, params)                                            \
	{                                                                                          \
		struct target t = {.copy = binding_slot(slot)};                                    \
		t.real = copy_real(t.copy, HOOK_##name);                                           \
		WORKING_FOR(t.copy, hook_##name(&t, args));                                        \
	}
#include "hooks.def"

#define HOOK(lib, ret, name, none, tell, params, args) HOOK_IN_SLOTS(ret, name, P(params), P(args))
#define HOOK_VOID(lib, name, params, args)             HOOK_VOID_IN_SLOTS(name, P(params), P(args))
#define HOOK_IN_SLOTS(ret, name, params, args)                                                     \
	static ret thunk_0_##name(params)                                                          \
	{                                                                                          \
		return thunk_##name(0, args);                                                      \
	}                                                                                          \
	static ret thunk_1_##name(params)                                                          \
	{                                                                                          \
		return thunk_##name(1, args);                                                      \
	}                                                                                          \
	static ret thunk_2_##name(params)                                                          \
	{                                                                                          \
		return thunk_##name(2, args);                                                      \
	}                                                                                          \
	static ret thunk_3_##name(params)                                                          \
	{                                                                                          \
		return thunk_##name(3, args);                                                      \
	}                                                                                          \
	static ret thunk_4_##name(params)                                                          \
	{                                                                                          \
		return thunk_##name(4, args);                                                      \
	}                                                                                          \
	static ret thunk_5_##name(params)                                                          \
	{                                                                                          \
		return thunk_##name(5, args);                                                      \
	}                                                                                          \
	static ret thunk_6_##name(params)                                                          \
	{                                                                                          \
		return thunk_##name(6, args);                                                      \
	}                                                                                          \
	static ret thunk_7_##name(params)                                                          \
	{                                                                                          \
		return thunk_##name(7, args);                                                      \
	}
#define HOOK_VOID_IN_SLOTS(name, params, args)                                                     \
	static void thunk_0_##name(params)                                                         \
	{                                                                                          \
		thunk_##name(0, args);                                                             \
	}                                                                                          \
	static void thunk_1_##name(params)                                                         \
	{                                                                                          \
		thunk_##name(1, args);                                                             \
	}                                                                                          \
	static void thunk_2_##name(params)                                                         \
	{                                                                                          \
		thunk_##name(2, args);                                                             \
	}                                                                                          \
	static void thunk_3_##name(params)                                                         \
	{                                                                                          \
		thunk_##name(3, args);                                                             \
	}                                                                                          \
	static void thunk_4_##name(params)                                                         \
	{                                                                                          \
		thunk_##name(4, args);                                                             \
	}                                                                                          \
	static void thunk_5_##name(params)                                                         \
	{                                                                                          \
		thunk_##name(5, args);                                                             \
	}                                                                                          \
	static void thunk_6_##name(params)                                                         \
	{                                                                                          \
		thunk_##name(6, args);                                                             \
	}                                                                                          \
	static void thunk_7_##name(params)                                                         \
	{                                                                                          \
		thunk_##name(7, args);                                                             \
	}
#include "hooks.def"

/* A table of pointers would have to be relocated by ld.so at every start; a switch is a table of offsets, unless the compiler sees that
 * it only chooses between constants. */
#define ONE_OF_THEM(type, function)                                                                \
	({                                                                                         \
		type it_ = (function);                                                             \
		__asm__("" : "+r"(it_));                                                           \
		it_;                                                                               \
	})

/* A function as the void pointer that dlsym(3) gives; POSIX makes the two alike. */
#define HOOK(lib, ret, name, none, tell, params, args) THUNKS(name)
#define HOOK_VOID(lib, name, params, args)             THUNKS(name)
#define THUNKS(name)                                                                               \
	case HOOK_##name *COPIES_MAX:                                                              \
		return ONE_OF_THEM(void *, (void *)thunk_0_##name);                                \
	case HOOK_##name *COPIES_MAX + 1:                                                          \
		return ONE_OF_THEM(void *, (void *)thunk_1_##name);                                \
	case HOOK_##name *COPIES_MAX + 2:                                                          \
		return ONE_OF_THEM(void *, (void *)thunk_2_##name);                                \
	case HOOK_##name *COPIES_MAX + 3:                                                          \
		return ONE_OF_THEM(void *, (void *)thunk_3_##name);                                \
	case HOOK_##name *COPIES_MAX + 4:                                                          \
		return ONE_OF_THEM(void *, (void *)thunk_4_##name);                                \
	case HOOK_##name *COPIES_MAX + 5:                                                          \
		return ONE_OF_THEM(void *, (void *)thunk_5_##name);                                \
	case HOOK_##name *COPIES_MAX + 6:                                                          \
		return ONE_OF_THEM(void *, (void *)thunk_6_##name);                                \
	case HOOK_##name *COPIES_MAX + 7:                                                          \
		return ONE_OF_THEM(void *, (void *)thunk_7_##name);
void *thunk_of(const struct copy *c, enum hook h)
{
	switch (h * COPIES_MAX + c->slot) {
#include "hooks.def"
	default:
		return NULL;
	}
}

#define OBSERVER(slot)                                                                             \
	static void info_##slot(const SSL *ssl, int where, int value)                              \
	{                                                                                          \
		if (observe_step_of_nobody(where))                                                 \
			return;                                                                    \
		WORKING_FOR(binding_slot(slot),                                                    \
			    observe_info(binding_slot(slot), ssl, where, value));                  \
	}                                                                                          \
	static void msg_##slot(int write_p, int version, int type, const void *buf, size_t len,    \
			       SSL *ssl, void *arg)                                                \
	{                                                                                          \
		WORKING_FOR(binding_slot(slot), observe_msg(binding_slot(slot), write_p, version,  \
							    type, buf, len, ssl, arg));            \
	}                                                                                          \
	static void end_##slot(void)                                                               \
	{                                                                                          \
		WORKING_FOR(binding_slot(slot), observe_end(binding_slot(slot)));                  \
	}                                                                                          \
	static int verify_##slot(int ok, X509_STORE_CTX *ctx)                                      \
	{                                                                                          \
		int answer;                                                                        \
		WORKING_FOR(binding_slot(slot),                                                    \
			    answer = observe_verify(binding_slot(slot), ok, ctx));                 \
		return answer;                                                                     \
	}
#define CERT_OBSERVER(slot)                                                                        \
	static int cert_verify_##slot(X509_STORE_CTX *ctx, void *arg)                              \
	{                                                                                          \
		int answer;                                                                        \
		WORKING_FOR(binding_slot(slot),                                                    \
			    answer = observe_cert_verify(binding_slot(slot), ctx, arg));           \
		return answer;                                                                     \
	}
SLOTS(OBSERVER)
SLOTS(CERT_OBSERVER)
#define OBSERVER_OF(type, what)                                                                    \
	type *observer_##what(const struct copy *c)                                                \
	{                                                                                          \
		switch (c->slot) {                                                                 \
		default:                                                                           \
			return ONE_OF_THEM(type *, what##_0);                                      \
		case 1:                                                                            \
			return ONE_OF_THEM(type *, what##_1);                                      \
		case 2:                                                                            \
			return ONE_OF_THEM(type *, what##_2);                                      \
		case 3:                                                                            \
			return ONE_OF_THEM(type *, what##_3);                                      \
		case 4:                                                                            \
			return ONE_OF_THEM(type *, what##_4);                                      \
		case 5:                                                                            \
			return ONE_OF_THEM(type *, what##_5);                                      \
		case 6:                                                                            \
			return ONE_OF_THEM(type *, what##_6);                                      \
		case 7:                                                                            \
			return ONE_OF_THEM(type *, what##_7);                                      \
		}                                                                                  \
	}
OBSERVER_OF(openssl_cert_verify_cb, cert_verify)
OBSERVER_OF(openssl_info_cb, info)
OBSERVER_OF(openssl_msg_cb, msg)
OBSERVER_OF(openssl_end_cb, end)
OBSERVER_OF(openssl_verify_cb, verify)
