/* SPDX-License-Identifier: ISC
 *
 * Capturing evidence from OpenSSL objects (shim/evidence/evidence.c). Only called where something has gone wrong, so
 * time is no concern within a few milliseconds; stack is: at most 1 KiB a function, large things go into the
 * arena. Every OpenSSL call that can push an error stands between QUIET_BEGIN and QUIET_END. Nothing of the host's is
 * changed; no reference is kept. A function that the copy lacks leaves its field at "not known".
 */
#ifndef TLSMEND_EVIDENCE_H
#define TLSMEND_EVIDENCE_H

#include <tlsmend/seen.h>
#include <tlsmend/openssl.h>

/* NULL when memory is out. All fields "not known" (codes -1 where 0 has a meaning). */
struct evidence *evidence_new(enum event event);
void evidence_free(struct evidence *e); /* with all that is in its arena; NULL: nothing */

/* Where this copy of OpenSSL looks by default: what SSL_CERT_FILE or SSL_CERT_DIR says; NULL or "": its own. */
void evidence_default_file(struct evidence *e, const struct openssl *o, const char *value);
void evidence_default_directory(struct evidence *e, const struct openssl *o, const char *value);
/* Which copy it is: e->library, e->version. */
void evidence_library(struct evidence *e, const struct openssl *o);

/* The clock against which OpenSSL checks dates: e->now, e->system_now. */
void evidence_clock(struct evidence *e, const struct openssl *o);

/* With what a chain was looked for, and what was found. Each may be NULL. `presented` may hold the leaf or not, which is not listed twice.
 * What a rule added is marked FROM_RULE. */
struct chain_parts {
	X509 *leaf;
	OPENSSL_STACK *presented, *chain;
	X509_STORE *store;
	OPENSSL_STACK *rule;
};
/* presented (leaf first, whatever the order in the stack), chain, store figures, near misses, name check against
 * e->host, in_system_bundle/trusted_by_client where cheap. */
void evidence_chain(struct evidence *e, const struct openssl *o, const struct chain_parts *parts);

/* The body of the peer's Certificate message, where the handshake ended at it and no chain is known: `presented` as far as OpenSSL
 * decodes it, and `broken`, where it does not. */
void evidence_sent_list(struct evidence *e, const struct openssl *o, const uint8_t *body, size_t n,
			bool tls13);

/* What looks may cost (budget.c): whatever is verified, compared or read for a record of this failure is asked for first. False: it
 * would be too much, which the record then says; nothing was taken. */
enum look {
	LOOK_ERRORS = 1,
	LOOK_TRIALS = 2,
	LOOK_STORE = 4,
	LOOK_FILES = 8,
	LOOK_KEYS = 16,
	LOOK_NAMES = 32
};
bool evidence_afford(struct evidence *e, enum look what, unsigned cost);
/* The most that one more verification of this leaf can cost, whichever of the certificates OpenSSL takes, in units of
 * evidence_afford(). flags: X509_V_FLAG_*. */
unsigned budget_verification(const struct openssl *o, X509 *leaf, OPENSSL_STACK *untrusted,
			     unsigned long flags);

/* Seconds UTC; INT64_MIN: does not parse. */
int64_t evidence_time(const struct openssl *o, const ASN1_STRING *s);

enum evidence_key { WITH_TRUSTED_FIRST, WITHOUT_STRICT, WITH_NAME };
/* How the caller verifies once more: the same leaf, parameters and functions, in objects of its own. trusted NULL: with the client's store;
 * else only these count as anchors. level: security level
 * of the certificates, or EVIDENCE_SAME_LEVEL, or EVIDENCE_STAND_IN: that, and any certificate may be an anchor. The stacks are the caller's of passes(). True: the
 * chain is valid; else why, where that is not NULL, has the first error. */
struct evidence_trial {
	bool (*passes)(void *arg, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted, int level,
		       struct verify_error *why);
	/* With one key of a rule more; `value` is that of ExpectName. NULL: cannot be done. */
	bool (*passes_with)(void *arg, enum evidence_key key, const char *value);
	void *arg;
};
/* After evidence_chain() and the errors, with the same parts: tries what might help, so that the record proposes nothing that would
 * not. t NULL: nothing can be verified once more, so only the bundle is looked into. Reads the system's bundle of CA certificates (at most 1 MiB); at most EVIDENCE_TRIALS verifications. */
enum { EVIDENCE_TRIALS = 8, EVIDENCE_SAME_LEVEL = -1, EVIDENCE_STAND_IN = -2 };
void evidence_try(struct evidence *e, const struct openssl *o, const struct chain_parts *parts,
		  const struct evidence_trial *t);

/* ... and whether one of these keys would help, by what failed. After evidence_chain() and the errors. */
void evidence_try_keys(struct evidence *e, const struct evidence_trial *t);

/* From which of the client's files those certificates of its store are that sentences call by their place. After all other looks, which
 * have the first claim on what may be spent, and after the store's files are known. */
void evidence_homes(struct evidence *e, const struct openssl *o);

/* A file that could not be loaded: looks at e->file_path, with the rights that the process has at this moment. Reads regular files
 * only, and keeps nothing of a key in memory. */
void evidence_file(struct evidence *e);
/* How far an attempt to read it came: 0 without the right passphrase, 1 up to what is wrong with it, 2 to a method that is not there. */
int evidence_file_depth(const struct evidence *e);
/* Does the end of the error queue say that certificate and key do not belong together? */
bool evidence_is_key_mismatch(const struct evidence *e);
/* The public keys of both. NULL: out of the files e->file_other and e->file_path, where these are known. False: they are the same. */
bool evidence_pair(struct evidence *e, const struct openssl *o, X509 *certificate, EVP_PKEY *key);
/* The client's own certificate as it is set on an SSL whose server asked for one, and what that server wants. Of the private key only
 * whether there is one. */
void evidence_own(struct evidence *e, const struct openssl *o, SSL *ssl);
/* ... and whether its file, e->own.file, holds another one by now. */
void evidence_own_renewed(struct evidence *e, const struct openssl *o);
/* Does the end of the error queue say that a certificate is too weak for the security level? */
bool evidence_is_weak_certificate(const struct evidence *e);
/* One that OpenSSL would not use. */
void evidence_own_certificate(struct evidence *e, const struct openssl *o, X509 *x);
/* The certificates in e->file_path, which OpenSSL read but would not use. */
void evidence_own_file(struct evidence *e, const struct openssl *o);

/* What openssl.cnf sets for every SSL_CTX (openssl_cnf.c). `place` is "FILE:LINE"; both NULL: not there. */
struct cnf_value {
	const char *value, *place;
};
struct openssl_cnf {
	struct cnf_value min, max, protocols, ciphers;
	bool
	    complete; /* the file was there and all of it was understood: what is not found is not set in it */
};
/* path NULL: none. Strings are in e's arena. */
void evidence_openssl_cnf(struct evidence *e, const char *path, struct openssl_cnf *out);
/* A directory that the client's store searches, after evidence_chain(). Returns what was added to e->directories; NULL: no more room. */
const struct ca_directory *evidence_directory(struct evidence *e, const struct openssl *o,
					      const char *path);

/* (leaf_names.c) Is it sure that X509_check_host(3), with these flags, finds the name in this certificate, which OpenSSL has decoded? Takes no
 * memory. */
bool evidence_has_host(const uint8_t *der, size_t n, const char *host, unsigned flags);

/* In a verification's callback: the revocation list that it is about, of the first such error. */
void evidence_crl(struct evidence *e, const struct openssl *o, X509_STORE_CTX *ctx);

/* One more error of a collecting verification, in their order; those beyond EVIDENCE_MAX_ERRORS are left out. */
void evidence_add_error(struct evidence *e, int code, int depth);

/* (events.c) What ended the verification: the error that the client's callback refused; where it waived all of them, or none was asked
 * for, the first one. Code 0 with an objection: the client's own, OpenSSL found nothing there. */
struct verify_error evidence_headline(const struct evidence *e);
/* The depth of the first certificate of the chain that was not issued for servers, as .NET has it; -1: none. */
int evidence_unsuited(const struct evidence *e);
/* Of a chain that is not looked at with anything but revocation: is that what is wrong? known: or is one known to be revoked? */
bool evidence_is_about_lists(const struct evidence *e, bool known);
/* ... which may be known from elsewhere: what remains is what .NET compares by itself. */
void evidence_forget_lists(struct evidence *e);
/* The event in which the client's callback said no, or set an error of its own; NULL: none. */
const struct verify_event *evidence_objection(const struct evidence *e);
/* The client had no CA certificate loaded, and nothing says that it meant to: it verifies nothing, or waives whatever is found. What is
 * judged then is what this machine's CA certificates would have made of it. */
bool evidence_is_storeless(const struct evidence *e);
/* ... and they would have found nothing wrong. */
bool evidence_is_faultless(const struct evidence *e);
/* Did the client's callback let this error pass? */
bool evidence_is_waived(const struct evidence *e, const struct verify_event *event);
/* Its callback let the error pass at first, and said no at the end of the path. */
bool evidence_is_refused_late(const struct evidence *e, const struct verify_event *event);
bool evidence_waives(const struct evidence *e, int code); /* wherever that error was found */
/* Where the rule has the right CA, what still fails with it is the cause; the client itself stays at the missing anchor. */
bool evidence_is_with_rule(const struct evidence *e);

#endif
