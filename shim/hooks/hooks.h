/* SPDX-License-Identifier: ISC
 *
 * Inside the room "hooks". Every hook_NAME() gets the target that the call was meant for, calls `target->real`
 * exactly once and returns what it returned. t->copy is never NULL there.
 */
#ifndef TLSMEND_HOOKS_H
#define TLSMEND_HOOKS_H

#include <bsd/sys/queue.h>

#include <tlsmend/apply.h>
#include <tlsmend/binding.h>
#include <tlsmend/explain.h>
#include <tlsmend/outcome.h>
#include <tlsmend/policy.h>

#define P(...) __VA_ARGS__
#define A(...) __VA_ARGS__
#define HOOK(lib, ret, name, none, tell, params, args)                                             \
	ret hook_##name(const struct target *target, params);
#define HOOK_VOID(lib, name, params, args) void hook_##name(const struct target *target, params);
#define LIBC(ret, name, params, args)
#define STUB(name)
#include "hooks.def"
#undef HOOK
#undef HOOK_VOID
#undef LIBC
#undef STUB

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
int observe_cert_verify(struct copy *c, X509_STORE_CTX *ctx, void *arg);
/* (demanded.c) A new SSL_CTX: where its libssl verifies past our export, we are called all the same. */
void verify_for_context(struct copy *c, SSL_CTX *ctx);
void observe_info(struct copy *c, const SSL *ssl, int where, int value);
void observe_msg(struct copy *c, int write_p, int version, int content_type, const void *buf,
		 size_t len, SSL *ssl, void *arg);
int observe_verify(struct copy *c, int ok, X509_STORE_CTX *ctx);

/* ---- one client connection (connection.c) ---------------------------------------------------------------------- */
/* How a verification would have ended under the keys of a dry run. */
struct dry_look {
	bool tried, good, was_good;
	bool name_refused, got_further; /* see struct trust */
	int error;
	const struct setting *key;   /* that would have made the difference; NULL: none */
	const char *problem;         /* why the CA file cannot be used; NULL: it can */
	const struct setting *unmet; /* a demand that would have ended it; NULL: none */
	int demand_error;
	const char *demand_problem; /* static; NULL: demand_error tells */
};
enum { TRANSPORT_DESCRIPTORS = 1024 }; /* that are looked at; more of them for what strengthens */
/* Who else the peer may be: addresses, or names that led to them, that have a rule that strengthens (rule_of_peer.c). */
enum { POSSIBLE_MAX = 4 };
struct possible {
	uint8_t count;
	bool more;     /* than are kept */
	bool any_port; /* its port is not known */
	struct {
		char address[46];
		uint16_t port;
	} at[POSSIBLE_MAX];
};
struct connection {
	/* (open.c) other threads look at these, too: they stay from one handshake to the next */
	LIST_ENTRY(connection) open;
	unsigned list_number;
	bool listed;
	struct copy *copy; /* the rest begins with it */
	SSL *ssl;
	uint32_t process, thread;  /* that began it; that something happened to it in last */
	struct story story;        /* what happened so far, and what became of it */
	struct buf text;           /* ... in words, where a test asks for them */
	char *host;                /* design.md#host, normalised; NULL: unknown */
	char *sni;                 /* NULL: none sent */
	char address[46];          /* "" : unknown */
	unsigned port;             /* 0: unknown */
	struct policy_ref *policy; /* keeps `rule` alive; NULL: no rules */
	struct rule rule;
	struct applied applied;   /* what the rule changed on this SSL */
	struct evidence *pending; /* a failed verification that the client has not acted on yet */
	struct evidence
	    *unnamed; /* the chain is good, but nobody asked for the name, and it is another one */
	uint8_t *
	    sent_list; /* body of the server's Certificate message, until the handshake is done; NULL: none */
	size_t sent_list_size;
	uint64_t sent_hash; /* ... where there are rules; 0: not known */
	uint8_t leaf[32];   /* SHA-256, where have_leaf */
	struct live *live;  /* among the live ones, by its leaf (live.h); NULL: not */
	uint64_t written_before,
	    read_before; /* what the BIOs had carried when the handshake began */
	/* bit per descriptor that had carried nothing when the handshake began (transport.c) */
	uint64_t silent[TRANSPORT_DESCRIPTORS / 64];
	unsigned load_failures; /* of the process, when this handshake began */
	int server_version;
	struct server_choice choice;
	struct hello hello; /* the first that was sent; a second one answers a HelloRetryRequest */
	uint8_t first_bytes[16];
	uint8_t first_count;
	uint8_t certificates_sent; /* in the Certificate message; 0: none, or not known */
	bool certificate_sent;
	uint16_t record_bytes; /* of the record whose header came last */
	struct dry_look dry;
	bool mended;                    /* a rule's trust was needed for this chain */
	const struct setting *repaired; /* this key of the rule was; NULL: none */
	const struct setting
	    *verified_under; /* OnlyCAFile, where it held for the latest verification; else NULL */
	struct possible possible;
	/* demanded.c: the leaf that was judged, the outcome, the error for a refusal; the client's verify mode + 1 while it is another */
	bool demand_judged, demand_met;
	uint8_t demand_leaf[32];
	int demand_error, demand_mode;
	bool have_leaf;
	bool unnoted;   /* not among the live ones, for want of memory */
	bool name_lost; /* there was no memory for its name */
	bool looked;    /* at the socket */
	bool
	    guessed; /* address and port are those of a socket that may not be this connection's, or a proxy's */
	bool guessing;       /* transport_guess() */
	bool verified;       /* a verification was made */
	bool too_late;       /* ... before it was known that only a rule's CAs count */
	bool host_of_socket; /* `host` comes from that address */
	bool proven_late;    /* the rule was found only after the handshake had begun */
	bool
	    asked_first; /* the client asked in plain text for TLS, and said nothing else before (transport.c) */
	bool datagram;  /* DTLS or QUIC: rules about versions and ciphers do not act */
	bool refused;   /* it was done before it showed that a demand is not met */
	bool observing; /* our message callback is set */
	bool shown;     /* the certificate of a rule is set: the server asked */
	bool applying;  /* a rule is being laid onto the SSL: what is set is not the client's */
};
/* The state of a client's SSL, made at the first handshake; NULL: none (a server, no memory, before the handshake). */
struct connection *connection_of(struct copy *c, const SSL *ssl);
struct connection *connection_start(struct copy *c, SSL *ssl);
/* An evidence that begins with what is known of this connection. NULL: no memory. */
struct evidence *connection_evidence(struct connection *n, SSL *ssl, enum event event);
void connection_report(struct connection *n, struct evidence *e); /* diagnoses, logs, frees e */
/* The key whose trust this connection's chain was judged with; NULL: none. */
const struct setting *connection_trust(const struct connection *n);
/* The connection ends (`how` as in HAPPENING_ENDS): what only shows now is told. */
void connection_end(struct connection *n, SSL *ssl, int how);
/* Bytes on the SSL's transport so far; 0 where it is gone, or not known. */
uint64_t connection_received(const struct openssl *o, const SSL *ssl);
uint64_t connection_sent(const struct openssl *o, const SSL *ssl);

/* ---- uses of a rule (uses.c) ------------------------------------------------------------------------------------------- */
/* An evidence that begins with what is known of this connection and of one key of its rule. NULL: no memory. */
struct evidence *connection_key_evidence(struct connection *n, SSL *ssl, enum event event,
					 const struct setting *s);
/* For an evidence of one use of a key; host NULL: not known. */
void evidence_key(struct evidence *e, const struct setting *s, const char *host);
/* Each writes a record where one is wanted: the first of a day, or all of them. s NULL: none. */
void connection_mended(struct connection *n, SSL *ssl, const struct setting *s);
void connection_weakened(struct connection *n, SSL *ssl);
void connection_expired(struct connection *n, SSL *ssl);
/* For the note of a failure; NULL: no key has come to its end. */
const char *expired_text(struct arena *a, const struct rule *rule);

/* "/etc/tlsmend.conf:4 [legacy.example.com]" */
const char *setting_place(struct arena *a, const struct setting *s);

/* ---- what a dry run would have done (dry_run.c) ------------------------------------------------------------------------ */
struct verification;
/* The real verification is over: would another outcome have been reached? */
void dry_run_verified(struct verification *v, bool good);
/* A connection works: one record, where anything would have been different. */
void dry_run_done(struct connection *n, SSL *ssl);
/* ... and one that failed: notes for its record. */
void dry_run_notes(struct evidence *e, const struct connection *n);

/* ---- who is the peer (peer.c) ------------------------------------------------------------------------------------------ */
void connection_identify(struct connection *n, SSL *ssl, const struct policy *p); /* at the start */
/* As far as a rule may count on it: no address of a socket that is not known to carry this connection. */
void connection_peer(const struct connection *n, struct peer *peer);
/* By what was sent until now: is there one socket that carries this connection and nothing else? True: from now on it is known. */
bool connection_prove(struct connection *n, SSL *ssl);
/* For a record: where the SSL does not tell, among the sockets of the process; without the port where a proxy stands there. */
void connection_find_peer(struct connection *n, SSL *ssl);
/* In the middle of the handshake, while the socket is there: for what is told at its end. */
void connection_remember_peer(struct connection *n, SSL *ssl);
/* The one descriptor of this process that is connected there; -1: none, or several. */
int connection_descriptor(const struct connection *n);

/* ---- which socket carries a connection (transport.c) -------------------------------------------------------------------- */
/* The peer of a TCP or UDP socket. */
bool transport_peer(int fd, char address[46], unsigned *port);
/* Of the SSL's own socket; -1: it works on something else. */
int transport_descriptor(const struct openssl *o, const SSL *ssl);
bool transport_is_plain(const struct connection *n, const SSL *ssl);
/* no_transport.c. A handshake failed; `stuck`: the BIO that OpenSSL waited for, or NULL. After the error queue was looked at. */
void transport_evidence(struct evidence *e, const struct openssl *o, const SSL *ssl, BIO *stuck,
			int host_errno);
/* Before the first byte of the handshake. */
void transport_begin(struct connection *n, int fd);
/* Does the client hand the bytes over itself? Then the end of the connection does not reach OpenSSL, if it does not hand on that. */
bool transport_in_memory(const struct openssl *o, BIO *b);
/* Bytes that this connection's transport has taken so far: not those that still lie in a BIO, where the client has to fetch them. */
uint64_t transport_taken(const struct connection *n, const SSL *ssl);
/* Has this socket carried this connection, and nothing else? False also where the kernel does not count (before 4.19). */
bool transport_is_own(const struct connection *n, SSL *ssl, int fd);
/* Before the first byte of a handshake whose socket is not known: one that is connected and has carried nothing yet may be it. Until
 * transport_settled(), at the end of the handshake or of the connection. */
void transport_guess(struct connection *n);
void transport_settled(struct connection *n);
/* The one of them that has carried this connection and nothing else since, where no other connection may claim it; else -1. */
int transport_find(const struct connection *n, SSL *ssl);
/* The one socket that has carried as much as this connection; -1: none, or several. Good enough for the words of a record, never for a rule. */
int transport_find_for_record(const struct connection *n, SSL *ssl);
/* The first descriptor from `from` on that may carry this connection, whatever else may; -1: none. What is said before (to a proxy) still
 * speaks against it. For what strengthens. */
int transport_possible(const struct connection *n, SSL *ssl, int from);

/* ---- the server's Certificate message (sent_list.c) -------------------------------------------------------------------- */
void list_keep(struct connection *n, const uint8_t *body, size_t size);
void list_forget(struct connection *n);
/* The handshake ended: at these certificates, or at what was signed with their key? */
void list_evidence(struct evidence *e, const struct connection *n, const SSL *ssl);

/* ---- connections whose story is not over (open.c) ------------------------------------------------------------------------ */
void open_note(struct connection *n, SSL *ssl);
/* False: it is in use, and must stay. */
bool open_forget(struct connection *n);

/* ---- names that the client looks at by itself (names_read.c) ------------------------------------------------------------ */
enum names_looked { NAMES_UNREAD, NAMES_READ, NAMES_DO_NOT_FIT, NAMES_FIT };
/* From now on. False: the client has not looked at them since the last time, and probably never does. */
bool names_watch(const uint8_t leaf[32]);
bool names_watched(void); /* is any leaf? */
/* asked: the name that OpenSSL compared, or NULL. */
void names_note(const uint8_t leaf[32], enum names_looked how, const char *asked);
/* asked: NULL, or the last name that did not fit. */
enum names_looked names_looked_at(const uint8_t leaf[32], char asked[256]);
/* ---- the client's own certificate (unanswered.c) ---------------------------------------------------------------------------- */
/* The client's Certificate message: counts what is in it. */
void own_certificate_note(struct connection *n, SSL *ssl, const uint8_t *body, size_t size,
			  bool tls13);
/* What the client has and what the server wants, where the server asked for it. */
void own_certificate_evidence(struct connection *n, SSL *ssl, struct evidence *e);

/* (certificate.c) A certificate of the rule is shown where the server asks. */
void certificate_offer(struct connection *n, SSL *ssl);
/* The handshake is done, or the connection ends: that certificate made the difference. */
void certificate_mended(struct connection *n, SSL *ssl, bool end);
/* The SSL is used again: takes off what the rule laid onto it. */
void certificate_take_back(struct connection *n, SSL *ssl);

/* Is this verification, which nobody but the client itself asked for, that of .NET? */
bool afterwards_is_dotnet(void);

/* Has this leaf been looked at within a minute? Notes it as seen where not. For failures that recur with every connection of a client
 * that does not mind, and whose looks at why take milliseconds (lately.c). */
enum { LATELY_LEAVES = 16 };
struct lately {
	struct lock lock;
	struct {
		uint8_t leaf[32];
		uint64_t at_ms;
	} seen[LATELY_LEAVES];
	unsigned next;
};
bool lately_seen(struct lately *l, const uint8_t leaf[32]);

/* ---- which pointers are SSLs (known.c) ------------------------------------------------------------------------------------- */
/* From the first handshake on, until it is freed. */
void known_add(const SSL *ssl);
void known_remove(const SSL *ssl);
bool known_is(const struct openssl *o, const SSL *ssl);

/* rule_of_peer.c: looks for the rule once more where only now it shows who the peer is, or may be; before it is asked what the rule
 * demands. leaf NULL: not known yet. */
void rule_of_peer(struct connection *n, SSL *ssl, X509 *leaf);
/* ... of one that may be. Needs no memory. */
void rule_of_possible(const struct policy *p, const char *host, const struct possible *possible,
		      struct rule *rule);
/* verify.c: the body of the server's Certificate message, and the handshake's end. */
/* (leaf_digest.c) Of one that a server presented. */
bool leaf_sha256(const struct openssl *o, const uint8_t *der, size_t size, uint8_t out[32]);
void verify_note_leaf(struct connection *n, const uint8_t *body, size_t size, bool tls13);
void verify_done(struct connection *n, SSL *ssl);

/* ---- client's own callbacks (callbacks.c) ------------------------------------------------------------------------- */
openssl_info_cb *client_info_callback(struct copy *c, const SSL *ssl);
openssl_msg_cb *client_msg_callback(struct copy *c, const SSL *ssl);
/* Sets our callbacks on a new context. */
void observe_context(struct copy *c, SSL_CTX *ctx, const SSL_METHOD *method);
void observe_messages(struct copy *c, SSL *ssl, bool on);
/* A server's SSL, which got our message callback from its context, gets its own back. */
void observe_no_server(struct copy *c, SSL *ssl);

/* ---- a peer that speaks no TLS (greeting.c) ----------------------------------------------------------------------------- */
/* The first bytes that OpenSSL took are known: what the peer said after them still waits, and is looked at, but not taken. */
void greeting_rest(struct evidence *e, const struct connection *n, SSL *ssl);

/* ---- what a rule demands whatever the client checks (demanded.c) ---------------------------------------------------------- */
bool demanded_exists(const struct connection *n);
void demanded_start(struct connection *n, SSL *ssl);
void demanded_unknown(struct copy *c, SSL *ssl); /* ... of an SSL whose state could not be made */
/* The handshake ended: the client's verify mode is its own again. */
void demanded_exit(struct connection *n, SSL *ssl);
/* It is done. False: it must not have been; no byte goes over it any more, and that is reported. */
bool demanded_done(struct connection *n, SSL *ssl);

/* ---- methods of one version (made.c) ------------------------------------------------------------------------------------- */
/* Before a handshake: an SSL that we gave the flexible method in place of one of a single version has that version alone, whatever
 * bounds were set on it since. */
void fixed_hold(struct copy *c, SSL *ssl);

/* ---- sessions (session.c) -------------------------------------------------------------------------------------------- */
/* Before the ClientHello: drops a session that was made under other trust than this host has now. */
void session_check(struct connection *n, SSL *ssl);
/* The session of this handshake was made with the trust of the connection's rule. */
void session_mark(struct connection *n, SSL *ssl);
/* ... or where the rule has a certificate to show: a server knows a resumed client again, and does not ask. */
void session_mark_identity(struct connection *n, SSL *ssl);
/* Was it made by a handshake that was judged as this host's is now? */
/* It was made under other trust than this host has, which only shows now: it is not resumed once more. */
void session_spoil(struct connection *n, SSL *ssl);
bool session_is_ours(struct connection *n, SSL *ssl);

/* ---- names that were resolved (resolver.c) ----------------------------------------------------------------------------- */
/* The one name that this process resolved to the address; false: none, or several. */
bool resolver_name(const char *address, char host[256]);
/* ... of several the one with this number, from 0 on; false: there are not so many. */
bool resolver_name_at(const char *address, unsigned number, char host[256]);
/* Was the host found at that address? */
bool resolver_led(const char *host, const char *address);
/* This process looked up the host, and found it elsewhere; what it found at this address has other names. */
bool resolver_elsewhere(const char *address, const char *host);

/* ---- what was loaded from files (loaded.c, load_*.c, failed.c) --------------------------------------------------------------------- */
enum loaded_kind {
	LOADED_FILE,
	LOADED_DIRECTORY,
	LOADED_URI,
	LOADED_DEFAULT_FILE,
	LOADED_DEFAULT_DIRECTORY, /* into a trust store */
	LOADED_CERTIFICATE,
	LOADED_KEY, /* into an SSL_CTX or SSL */
	LOADED_CIPHERS,
	LOADED_CIPHERSUITES, /* strings, not files, which go the same way (ciphers.c) */
};
enum { LOADED_BYTES = 512 }; /* what is kept of a path or a string, its NUL included */
/* Remembers a file at the object that it went into, which `which` tells the class of. path NULL: OpenSSL's own. */
void loaded_note(struct copy *c, enum binding_index which, void *object, enum loaded_kind kind,
		 const char *path, bool ok);
/* From now on load_object_gone() is called for every object of this class. False: it cannot be. */
bool loaded_watch(struct copy *c, enum binding_index which);
/* The last file of this kind that was loaded, in e's arena; NULL: none. */
const char *loaded_path(struct evidence *e, struct copy *c, enum binding_index which,
			const void *object, enum loaded_kind kind);
/* ... the SSL's own, or that of its context, which it began with. */
const char *loaded_path_of_ssl(struct evidence *e, struct copy *c, const SSL *ssl,
			       enum loaded_kind kind);
/* ... where OpenSSL refused the last one. */
const char *loaded_refused(struct evidence *e, struct copy *c, enum binding_index which,
			   const void *object, enum loaded_kind kind);
/* The client named files, directories or the like for this trust store; OpenSSL's default ones are no word of its own. */
bool loaded_by_client(struct copy *c, const X509_STORE *store);
/* The store line: after evidence_chain(). */
void loaded_describe(struct evidence *e, struct copy *c, X509_STORE *store);
/* A store, SSL_CTX or SSL is freed: what could not be loaded into it is reported. */
void load_object_gone(const void *object);
/* An SSL_CTX was made: until load_context_settled(), what this thread reads from files may be for it. */
void load_context_made(struct copy *c, SSL_CTX *ctx);
void load_context_settled(const void *ctx);
/* How many loads failed so far in this process. */
unsigned load_failures(void);
/* The handshake of this connection came to its end. True: the client ended it, because of a file that it loaded meanwhile and could
 * not use; that is reported. */
bool load_settle(struct connection *n, SSL *ssl, bool failed);

/* ---- who set the offer (offer.c) ------------------------------------------------------------------------------------------ */
/* Right after SSL_CTX_new(): remembers what the context has before the client does anything. */
void offer_note_context(struct copy *c, SSL_CTX *ctx);
/* Bounds, security level and ciphers with who set them. Reads openssl.cnf. */
void offer_describe(struct evidence *e, struct connection *n, SSL *ssl);

/* ---- dlsym.c ---- */
void *dlsym_choose(void *handle, const char *name, void *caller);
int dlopen_mode(const char *file, int mode);
void dlclose_prepare(void);
extern void *dlsym_real_address, *dlopen_real_address;

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
bool hooks_inert(void);

#endif
