/* SPDX-License-Identifier: ISC
 *
 * The part of the room "policy" that lays rules onto OpenSSL objects: current.c (which rules are in force), apply.c (protocol bounds, ciphers
 * and the like onto an SSL), anchors.c (CA files as certificates of one copy of OpenSSL), trust.c (trust for one host).
 */
#ifndef TLSMEND_APPLY_H
#define TLSMEND_APPLY_H

#include <tlsmend/binding.h>
#include <tlsmend/policy.h>

/* ---- current.c: the rules in force ----------------------------------------------------------------------------- */
/* Rules are read at the first question and looked at again for changes every RELOAD_INTERVAL_MS at most. A changed file that
 * does not parse, or that cannot be looked at, leaves the rules in force as they were. Where there were none yet, all hosts are
 * closed (rule.closed) until the file can be read; each question tries again. Messages go to the log, once per version of the file. */
struct policy_ref;
enum { RELOAD_INTERVAL_MS = 2000 };
/* NULL: no rules at all. Give back with policy_release(). Thread-safe. */
struct policy_ref *policy_acquire(void);
/* ... as they were read last, without a look at any file. NULL: none, or not read yet. */
struct policy_ref *policy_in_force(void);
/* The root directory that the rules were read from; unknown: they were not. Files that they name are looked for there, and nowhere else. */
void policy_place(struct file_place *p);
/* The process is about to go into another root directory: reads the rules, and what files they name; by_openssl false: the rules alone. */
void policy_stock_up(bool by_openssl);
/* Reads the rules, where that was not done yet: early, while the process has descriptors, its first root directory and the
 * privileges to do so. */
void policy_prepare(void);
void policy_release(struct policy_ref *r); /* NULL: nothing */
/* Lives as long as the reference, which is not NULL. */
const struct policy *policy_of(const struct policy_ref *r);

/* policy_lookup() at this time. */
void policy_lookup_now(const struct policy *p, const struct peer *peer, struct rule *out);

/* What is remembered of a host by that name, which is then as host_normalise() has it. Lives as long as the reference. NULL: nothing. */
struct met;
struct met *policy_met(struct policy_ref *r, const char *name);
/* policy_lookup_now(), out of what is remembered where that can be. *out is clear. `met`: policy_met() of the peer's host, where it was asked for.
 * Returns what is remembered of the host from now on. */
struct met *policy_lookup_again(struct policy_ref *r, struct met *met, const struct peer *peer,
				struct rule *out);
/* A use of this key for that host which need not be told, at that time of clock_monotonic_ms(). m NULL: it is not known. */
bool met_is_told(const struct met *m, const struct setting *s, uint64_t now);
void met_told(struct met *m, const struct setting *s, uint64_t now);

/* ---- apply.c ------------------------------------------------------------------------------------------------------ */
/* A rule's certificate and key, in objects of one copy of OpenSSL. Counted. */
struct identity {
	atomic_uint references;
	struct copy *copy;
	X509 *leaf;
	EVP_PKEY *key;
	OPENSSL_STACK *chain;
	uint64_t content;              /* hash of the certificate's file */
	_Atomic uint8_t fits, refused; /* bit per security level: OpenSSL takes it, or does not */
};
/* Sets certificate, key and chain. Leaves entries in the error queue where it fails. */
bool identity_set(const struct openssl *o, SSL *ssl, const struct identity *i);

/* What an SSL had before the rule, and what the rule left there: to be given back where the SSL is used again. */
enum { KEPT_NUMBERS = 3 }; /* lowest and highest version, bytes of certificates */
struct kept {
	bool any;
	bool ciphers, groups; /* the rule sets them */
	bool in_client_state; /* it sets what the keeper is for */
	uint64_t options_before, options_after;
	long numbers_before[KEPT_NUMBERS], numbers_after[KEPT_NUMBERS];
	char *before[2], *after[2]; /* names of ciphers, TLS 1.2 and TLS 1.3 */
	SSL *keeper; /* has the client's certificates, signature algorithms, security level */
	const X509 *certificate; /* that the SSL was left with; only to be compared with */
	int level;
	struct identity *identity; /* a reference: to be shown where the server asks */
	bool replaces;             /* ... in place of the client's own */
	bool named; /* ServerName is in force: `name` is the client's own; NULL: it had none */
	char *name;
};
struct applied {
	int client_min,
	    client_max; /* 0x0301..0x0304 that the client had (0: the library's own default) */
	int min, max;   /* in force now; 0: the library's default */
	const struct setting *ciphers; /* the rule's CipherString, where it is in force */
	int client_level;              /* security level before that; -1: not known */
	const struct setting
	    *weakened[KEY_COUNT]; /* keys that weakened this connection, for the log */
	unsigned weakened_count;
	const struct setting *server_name; /* ServerName, where it changed what is sent */
	struct kept kept;
};
/* Lays the keys of `rule` that are no trust onto the SSL, before its ClientHello is built. A value that this copy of OpenSSL refuses
 * rejects its section (one line in the log) and *rule is looked up again without it: never half of a section. The
 * client's SSL_CTX is not touched. */
void apply_rule(struct copy *c, SSL *ssl, const struct policy *p, const struct peer *peer,
		struct rule *rule, struct applied *out);
/* undo.c: takes off again what apply_rule() laid onto the SSL, as far as the client did not change it meanwhile; ... or gives back what is
 * remembered for that. */
void apply_undo(const struct openssl *o, SSL *ssl, struct applied *a);
void apply_forget(const struct openssl *o, struct applied *a);
/* `to` shares certificates and the like with the SSL of `a`, or will: from now on those that the client has without the rule. False: it
 * cannot be. */
bool apply_hand_on(const struct openssl *o, SSL *to, const struct applied *a);
/* apply_name.c: ServerName. apply_rule() does it; once more for a renegotiation. */
void apply_name(const struct openssl *o, SSL *ssl, const struct rule *rule, struct applied *a);
/* Gives the client's own name back: within the handshake, or before the next one. */
void apply_name_back(const struct openssl *o, SSL *ssl, struct applied *a, bool before_handshake);
/* The name that went out; `client`: what the client had set. NULL: none. */
const char *apply_name_sent(struct arena *a, const struct applied *applied, const char *client);
/* Bounds that are in force on an SSL, for the record. */
void apply_bounds(const struct openssl *o, SSL *ssl, int *min, int *max);
/* ... and on an SSL_CTX, method aside. False: those of DTLS. */
bool apply_context_bounds(const struct openssl *o, SSL_CTX *ctx, int *min, int *max);
/* The security level that a cipher string asks for; -1: none. */
int apply_level_asked(const char *ciphers);

/* ---- anchors.c ------------------------------------------------------------------------------------------------------- */
/* The certificates of a CA file, in objects of one copy of OpenSSL. Immutable, counted. */
struct anchors {
	atomic_uint references;
	struct copy *copy;
	OPENSSL_STACK *trusted;       /* self-issued */
	OPENSSL_STACK *intermediates; /* the others */
	OPENSSL_STACK *rejected; /* those that the file says are not to be trusted: in neither */
	OPENSSL_STACK *all;
	uint64_t content; /* hash of the file's bytes: the same in every process that reads it */
};
/* The anchors of a CA file, parsed once per process and version of the file. What cannot be looked at leaves them as they were.
 * NULL: it cannot be used; one line was logged, and *why (static) says it. Give back with anchors_release(). */
struct anchors *anchors_acquire(struct copy *c, const struct setting *s, const char **why);
/* ... at that time of clock_monotonic_ms(). */
struct anchors *anchors_acquire_at(struct copy *c, const struct setting *s, uint64_t now,
				   const char **why);
void anchors_release(struct anchors *a);
/* Reads it, for whoever needs it later: what is wrong with it is told then. */
void anchors_stock(struct copy *c, const struct setting *s);

/* ---- trust.c: trust for one host only (design.md#host, design.md#trust) ------------------------------------------------------------------- */
typedef int verify_fn(X509_STORE_CTX *ctx);
/* distrust.c: with what a chain is verified under a rule. Certificates that are marked as not to be trusted, in the client's store or in
 * the rule's file, stand in front of the rule's anchors, so that OpenSSL itself comes upon them: a rule never overrides that. */
struct distrust {
	OPENSSL_STACK *all;  /* what is marked; NULL: nothing */
	OPENSSL_STACK *held; /* of it, what is in the client's store: references */
	OPENSSL_STACK *trusted, *untrusted;
	OPENSSL_STACK *own_trusted; /* `trusted`, where it is not that of the anchors */
	bool
	    named; /* the client's store has certificates of the names that were looked for, marked or not */
};
/* All that a trial of a rule's trust depends on: where any of it differs, it is another question, and tried anew (found.c). */
struct question {
	uint64_t presented;  /* 0: nothing is remembered */
	const char *host;    /* to whom; borrowed for the time of the verification */
	size_t host_size;    /* with its NUL */
	uint64_t anchors;    /* content of the rule's file */
	uint64_t store;      /* number of the client's store */
	uint64_t parameters; /* hash of those of the context */
	const struct copy *copy;
	int objects; /* in the store: certificates and revocation lists */
};
/* What a rule did to one verification, to be undone after it. */
struct trust {
	struct copy *copy;
	const struct setting *setting;               /* trust_of() the host's rule; NULL: none */
	struct anchors *anchors;                     /* a reference; NULL: none, or unusable */
	OPENSSL_STACK *client_untrusted, *untrusted; /* the client's own, and ours while switched */
	OPENSSL_STACK *trusted;                      /* the rule's anchors, where they were tried */
	OPENSSL_STACK *own_trusted;                  /* the same, where `anchors` does not own it */
	struct distrust distrust;
	bool
	    got_further; /* with the rule's trust the chain fails too, but for another reason than a missing anchor */
	bool switched;       /* the real context now works with the rule's trust */
	bool name_refused;   /* the CA fits, but the leaf is not valid for the host */
	const char *problem; /* why the CA file cannot be used, or NULL */
	struct question question;
};
/* The key that a verification under this rule is judged with: one that closes, OnlyCAFile or ExtraCAFile. NULL: none. */
const struct setting *trust_of(const struct rule *rule);
/* The client's own store does not count, whatever becomes of the rule: all that cannot be done must end the handshake. */
bool trust_is_strict(const struct rule *rule);
/* One verification, under a rule. */
struct trust_asked {
	struct copy *copy;
	X509_STORE_CTX *ctx;
	verify_fn *verify; /* the copy's own X509_verify_cert */
	const struct rule *rule;
	const char
	    *host; /* the connection's (normalised); NULL: not known, and then no trust is added */
	/* Is the leaf known to be valid for that name? Only asked where it is not remembered, too. NULL: it is not */
	bool (*borne)(const void *of, const char *host);
	const void *of;
	/* Hash of all that the server presented, with a key that nobody knows outside of the process: by it and `host`, which outlives the
	 * verification, a name is taken for one that the leaf bears. 0: none, and nothing is remembered */
	uint64_t presented;
	SSL *ssl; /* NULL: none, or its DANE does not reach this context */
};
/* Decides, on private copies of the context, whether the rule's trust counts for this chain and host, and if so switches the real
 * context. */
void trust_begin(struct trust *t, const struct trust_asked *a);
/* The verification failed: what was remembered of the trial is not any more. */
void trust_missed(struct trust *t);
/* After the real verification: gives the client's untrusted stack back. */
void trust_end(struct trust *t, X509_STORE_CTX *ctx);
/* Instead of trust_end(), where the verification was left in the middle and its context goes. */
void trust_drop(struct trust *t);
/* A private copy of a context: same store, leaf, parameters; no callback of the client. NULL where the client put functions of
 * its own into the store or context, which must not run more often than without us. */
X509_STORE_CTX *trust_private_copy(const struct openssl *o, X509_STORE_CTX *ctx,
				   OPENSSL_STACK *untrusted);
/* Is the leaf valid for this name or address? */
bool leaf_is_for(const struct openssl *o, X509 *leaf, const char *host);

/* ---- repair.c: how one verification looks at a chain (ExpectName, TrustedFirst, Strict) ---------------------------------- */
struct repair {
	struct copy *copy; /* NULL: nothing was changed */
	const struct rule *rule;
	const struct setting
	    *mended;         /* the key without which the chain would not pass; NULL: none */
	unsigned long flags; /* of the client */
	bool with_name;
	const char *name;
	char name_buffer[256];
};
/* Lays these keys onto the parameters of the context, before trust_begin(). with_name: it is a connection's own, so that its name may be
 * exchanged. The rule must outlive it. */
void repair_begin(struct repair *r, struct copy *c, X509_STORE_CTX *ctx, verify_fn *verify,
		  const struct rule *rule, bool with_name);
/* After the real verification: the client's flags are as they were. */
void repair_end(struct repair *r, X509_STORE_CTX *ctx);
/* One key onto the parameters of a private copy; `name` is that of ExpectName. */
bool repair_param(const struct openssl *o, X509_VERIFY_PARAM *param, enum key key,
		  const char *name);
/* The name that the leaf must carry: ExpectName of the rule, else the host. */
const char *repair_expected(const struct rule *rule, const char *host, char out[256]);

/* ---- demand.c: what a rule demands, whatever the client makes of it (EnforceVerification, PinSHA256) ----------------------- */
/* A chain as the peer showed it, and how the client would look at it. Everything is borrowed. */
struct demand_view {
	struct copy *copy;
	verify_fn *verify; /* the copy's own X509_verify_cert */
	const struct rule *rule;
	const char *name; /* that the leaf must carry: repair_expected(); NULL: not known */
	X509_STORE *store;
	bool
	    store_is_meant; /* the client named files or directories for it, whatever came of that */
	X509 *leaf;         /* NULL: none was shown */
	OPENSSL_STACK *untrusted;
	X509_VERIFY_PARAM *param;
	int level; /* security level; -1: that of `param` */
	bool
	    unverified; /* the client turned verification off: its limit to the length of chains means nothing */
};
/* What was found; to be freed with demand_look_free(). */
struct demand_look {
	struct copy *copy;
	const struct setting *setting; /* the key that is not met */
	X509_STORE_CTX *ctx;           /* of the verification that decided; NULL: none was made */
	struct anchors *anchors;       /* of the rule, where they were tried */
	struct system_store *system;   /* the machine's own trust store, where it was used */
	struct distrust distrust;      /* with the rule's CA file */
	int error;                     /* X509_V_ERR_... */
	bool by_rule;                  /* ... with the anchors of the rule */
	bool pin_missed;               /* no key that counts is pinned */
	const char *problem;           /* static: why nothing could be verified; NULL */
	const char *problem_of;        /* the CA file that this is about; NULL: none */
};
/* Does the rule demand anything of a chain? */
bool demand_exists(const struct rule *rule);
/* False: the handshake must end; *l says of what. Nothing of the client's is changed, its error queue neither. */
bool demand_is_met(const struct demand_view *w, struct demand_look *l);
/* ... with another name that the leaf must carry. */
bool demand_is_met_as(const struct demand_view *w, const char *name);
void demand_look_free(struct demand_look *l);

#endif
