/* SPDX-License-Identifier: ISC
 *
 * A client and its servers in one process, told line by line what to do: `connect KEY=VALUE...`. Each line prints one verdict:
 *   good | bad ERROR, resumed or not. The servers share their ticket keys, as the machines behind one load balancer do, so that only
 * the client's side decides whether a session of one host serves another.
 *
 *   server=ID     identity files $ATTACK_CERTS/ID.pem and ID.key     store=FILE|none   client's own trust
 *   sni=NAME      check=NAME (set1_host)  ip=ADDRESS                 mode=peer|none|waive|collect
 *   save=SLOT     keep the session        session=SLOT via=same|dup|der|data-der|copy|data|callback     offer it
 *   keep=SLOT     keep the SSL            reuse=SLOT                 SSL_clear() and use it again; dupe=SLOT: SSL_dup()
 *   ctx=SLOT      one SSL_CTX for several lines                      switch=FILE: SSL_set_SSL_CTX() to a context with that store
 *   min= max=     as 1.2, 1.3 (both ends: smax)                      ciphers= sciphers=, level=N, partial, anonymous, early, nested, jump
 *   again=NAME    renegotiate in TLS 1.2, with that SNI (none: the same), and then=ID for the server     data=N: application messages afterwards
 *                 shortly: with the session that there is
 *   instead=yes|call|other|clean|later|later-yes|twice|anew   a function of the client's in place of the verification: says yes; calls OpenSSL's,
 *                 and says yes; has OpenSSL verify another chain (other=ID, of CA public) in a context that bears this SSL; takes the context
 *                 apart; asks to be called once more, and then calls OpenSSL's, or says yes; calls it twice; verifies its leaf and then
 *                 other=ID in one context of its own
 *   late=none     SSL_set_verify(SSL_VERIFY_NONE) in the middle of the handshake; another word: SSL_set1_host()       psk: a key that both sides know already
 *   swap=FROM to=TO   a file that is exchanged when the chain was verified, two seconds before the handshake is done
 *   cert=ID       the client's own certificate                       foreign: this server does not share the ticket keys
 *   info=changed|switched   when the context's info callback changes after SSL_new()
 *   own=FILE      the client verifies in a context of its own, with that store, inside SSL_CTX_set_cert_verify_callback()
 *   fixed=1.2     a method of that version alone; loose: with bounds that would allow others. after=VERSION: set when the SSL is there
 *   strict        X509_V_FLAG_X509_STRICT, as Python sets it
 *   crl=FILE      into the store of the context; crls: the leaf must be on no list      days=N: as if it were then
 *   purpose=NAME  what the chain must be good for       depth=N        adds=FILE: further certificates into the store of the context;
 *                 folder=PATH: those of a directory, by their hashes; marks=FILE: those in it that are this one are not to be trusted from now on
 *   open          SSL_set_shutdown(0), once the handshake is done
 *   counts        says how often memory was asked for on behalf of sessions
 *   unmarked      there is none for 24 bytes of one's own in a session
 *   hold=MS       meanwhile somebody holds a reference for that long
 *   looks=FILE    the server, which asks for a certificate, verifies it so, too
 *   dane=USAGE    with TLSA records of that usage (RFC 6698), for the last certificate that ID's server sends (3: for the first)
 *   store_does=verify|callback|issued|issuer|lookup|revocation|inner|sent_first   functions of the client's own in its store that say yes to everything;
 *                 inner: in the store context, from inside SSL_CTX_set_cert_verify_callback(); sent_first: only prefers what the server sent
 * `export SLOT FILE` and `import SLOT FILE` write a kept session down and read it again.
 * `verify leaf=ID store=FILE [purpose=...]` verifies without a connection, as .NET does; object=SLOT: the certificate object of a kept SSL;
 * shown=SLOT: the one that its server was shown.
 * `signed signer=ID store=FILE how=cms|ocsp`: a message, or an answer about another certificate, that this leaf has signed. `sleep MS`. `copy FROM TO` files. `free SLOT`.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* methods of one version: what legacy clients use */
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEED_SAYS() ERR_print_errors_fp(stderr)
#include "../lib/ends.h"

enum { SLOTS = 32, WORDS = 32 };

static SSL_SESSION *sessions[SLOTS];
static SSL *kept[SLOTS], *kept_servers[SLOTS];
static SSL_CTX *contexts[SLOTS];
static int session_memory, unmarked;
static char line[4096], *words[WORDS];
static int word_count;
static SSL_SESSION *psk_session;
static jmp_buf jump;
static char nested_result[256];

static const char *arg(const char *key)
{
	size_t n = strlen(key);

	for (int i = 1; i < word_count; i++) {
		if (strncmp(words[i], key, n) == 0 && words[i][n] == '=')
			return words[i] + n + 1;
		if (strcmp(words[i], key) == 0)
			return "";
	}
	return NULL;
}

static int number(const char *key, int otherwise)
{
	return arg(key) ? atoi(arg(key)) : otherwise;
}

static int version(const char *key)
{
	const char *s = arg(key);

	return !s                      ? 0
	       : strcmp(s, "1.3") == 0 ? TLS1_3_VERSION
	       : strcmp(s, "1.2") == 0 ? TLS1_2_VERSION
				       : TLS1_VERSION;
}

static const char *file(const char *name, const char *ending)
{
	static char path[4][512];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s%s", getenv("ATTACK_CERTS"), name, ending);
	return path[turn];
}

static int accept_any(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

/* Goes on, and leaves OpenSSL's error where it is. */
static int collect(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	(void)ctx;
	return 1;
}

static int refuse(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	X509_STORE_CTX_set_error(ctx, X509_V_ERR_APPLICATION_VERIFICATION);
	return 0;
}

static int jump_out(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	(void)ctx;
	longjmp(jump, 1);
}

static X509 *certificate(const char *id, STACK_OF(X509) *rest);

/* One context for this leaf and then for another one, each time with this SSL. */
static int verify_anew(X509_STORE_CTX *ctx, SSL *ssl)
{
	STACK_OF(X509) *rest = sk_X509_new_null();
	X509 *leaves[] = {X509_STORE_CTX_get0_cert(ctx), certificate(arg("other"), rest)};
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *own = X509_STORE_CTX_new();
	int r = 0;

	NEED(X509_STORE_load_locations(store, file("public", ".pem"), NULL) == 1);
	for (int i = 0; i < 2; i++) {
		NEED(X509_STORE_CTX_init(own, store, leaves[i], rest) == 1);
		X509_STORE_CTX_set_ex_data(own, SSL_get_ex_data_X509_STORE_CTX_idx(), ssl);
		r = X509_verify_cert(own);
		X509_STORE_CTX_cleanup(own);
	}
	X509_STORE_CTX_free(own);
	X509_STORE_free(store);
	X509_free(leaves[1]);
	sk_X509_pop_free(rest, X509_free);
	return r;
}

/* In place of the whole verification. */
static int instead(X509_STORE_CTX *ctx, void *argument)
{
	const char *how = argument;
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());

	NEED(ssl);
	if (strncmp(how, "later", 5) == 0) {
		static int turn;
		if (turn++ % 2 == 0)
			return SSL_set_retry_verify(ssl);
		return strcmp(how, "later-yes") == 0 ? 1 : X509_verify_cert(ctx);
	}
	if (strcmp(how, "twice") == 0) {
		X509_verify_cert(ctx);
		X509_STORE_CTX_set0_verified_chain(ctx, NULL);
		X509_STORE_CTX_set_error(ctx, 0);
		return X509_verify_cert(ctx);
	}
	if (strcmp(how, "anew") == 0)
		return verify_anew(ctx, ssl);
	if (strcmp(how, "call") == 0) {
		X509_verify_cert(ctx);
		X509_STORE_CTX_set_error(ctx, X509_V_OK);
	} else if (strcmp(how, "clean") == 0) {
		X509_STORE_CTX_set_cert(ctx, NULL);
		X509_STORE_CTX_set0_untrusted(ctx, NULL);
	} else if (strcmp(how, "other") == 0) {
		STACK_OF(X509) *rest = sk_X509_new_null();
		X509 *leaf = certificate(arg("other"), rest);
		X509_STORE *store = X509_STORE_new();
		X509_STORE_CTX *another = X509_STORE_CTX_new();
		NEED(X509_STORE_load_locations(store, file("public", ".pem"), NULL) == 1);
		NEED(X509_STORE_CTX_init(another, store, leaf, rest) == 1);
		X509_STORE_CTX_set_ex_data(another, SSL_get_ex_data_X509_STORE_CTX_idx(), ssl);
		X509_verify_cert(another);
		ERR_clear_error();
		X509_STORE_CTX_free(another);
		X509_STORE_free(store);
		X509_free(leaf);
		sk_X509_pop_free(rest, X509_free);
	}
	return 1;
}

static unsigned psk_client(SSL *ssl, const char *hint, char *identity, unsigned size,
			   unsigned char *key, unsigned most)
{
	(void)ssl, (void)hint, (void)most;
	snprintf(identity, size, "me");
	memset(key, 7, 32);
	return 32;
}

static unsigned psk_server(SSL *ssl, const char *identity, unsigned char *key, unsigned most)
{
	(void)ssl, (void)identity, (void)most;
	memset(key, 7, 32);
	return 32;
}

static void change(int sent, int version, int type, const void *data, size_t size, SSL *ssl,
		   void *argument)
{
	(void)sent, (void)version, (void)type, (void)data, (void)size, (void)argument;
	if (strcmp(arg("late"), "none") == 0)
		SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
	else
		SSL_set1_host(ssl, arg("late"));
}

static void replace_file(const char *from, const char *to);

/* When the chain has been verified, and the handshake is not done yet. */
static void swap(int sent, int version, int type, const void *data, size_t size, SSL *ssl,
		 void *argument)
{
	enum { HANDSHAKE = 22, FINISHED = 20 };

	(void)version, (void)ssl, (void)argument;
	if (!sent || type != HANDSHAKE || size == 0 || *(const unsigned char *)data != FINISHED)
		return;
	replace_file(arg("swap"), arg("to"));
	usleep(2100 * 1000);
}

static SSL_CTX *client_context(const char *store);
static SSL_CTX *server_context(const char *id);
static int run_handshake(SSL *client, SSL *server);

/* A client that, while it looks at one certificate, fetches something over TLS from elsewhere. */
static int nested(int ok, X509_STORE_CTX *ctx)
{
	static int depth;

	(void)ctx;
	if (depth++ == 0) {
		SSL_CTX *c = client_context(arg("nstore")), *s = server_context(arg("nserver"));
		SSL *client = SSL_new(c), *server = SSL_new(s);
		SSL_set_tlsext_host_name(client, arg("nsni"));
		SSL_set1_host(client, arg("nsni"));
		SSL_set_verify(client, SSL_VERIFY_PEER, NULL);
		tie_ends(client, server, 32768);
		int good = run_handshake(client, server);
		snprintf(nested_result, sizeof(nested_result), "nested %s %ld\n",
			 good ? "good" : "bad", SSL_get_verify_result(client));
		SSL_free(client);
		SSL_free(server);
		SSL_CTX_free(c);
		SSL_CTX_free(s);
		ERR_clear_error();
	}
	return ok;
}

/* As many do to add roots of their own. */
static int verify_in_own_context(X509_STORE_CTX *outer, void *store)
{
	X509_STORE_CTX *own = X509_STORE_CTX_new();

	NEED(X509_STORE_CTX_init(own, store, X509_STORE_CTX_get0_cert(outer),
				 X509_STORE_CTX_get0_untrusted(outer)) == 1);
	int r = X509_verify_cert(own);
	X509_STORE_CTX_set_error(outer, X509_STORE_CTX_get_error(own));
	X509_STORE_CTX_free(own);
	return r;
}

static void verify_by_itself(SSL_CTX *ctx, const char *store_name)
{
	X509_STORE *store = X509_STORE_new();

	NEED(X509_STORE_load_locations(store, file(store_name, ".pem"), NULL) == 1);
	SSL_CTX_set_cert_verify_callback(ctx, verify_in_own_context, store);
}

static int yes(X509_STORE_CTX *ctx)
{
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

static int issued(X509_STORE_CTX *ctx, X509 *x, X509 *issuer)
{
	(void)ctx, (void)x, (void)issuer;
	return 1;
}

/* Whoever is asked for is its own issuer, and an anchor. */
static int issuer(X509 **out, X509_STORE_CTX *ctx, X509 *x)
{
	(void)ctx;
	X509_up_ref(x);
	*out = x;
	return 1;
}

static STACK_OF(X509) *lookup(X509_STORE_CTX *ctx, const X509_NAME *name)
{
	(void)name;
	STACK_OF(X509) *all = sk_X509_new_null();
	X509_up_ref(X509_STORE_CTX_get0_cert(ctx));
	sk_X509_push(all, X509_STORE_CTX_get0_cert(ctx));
	return all;
}

static int inner(X509_STORE_CTX *ctx, void *argument)
{
	(void)argument;
	X509_STORE_CTX_set_verify(ctx, yes);
	X509_STORE_CTX_set_verify_cb(ctx, accept_any);
	return X509_verify_cert(ctx);
}

/* As OpenSSL 1.0.2 goes. Contexts inherit the flag from OpenSSL's own defaults, so that it can be turned off here only. */
static int sent_first(X509_STORE_CTX *ctx, void *argument)
{
	(void)argument;
	X509_VERIFY_PARAM_clear_flags(X509_STORE_CTX_get0_param(ctx), X509_V_FLAG_TRUSTED_FIRST);
	return X509_verify_cert(ctx);
}

static void set_functions(SSL_CTX *ctx, const char *which)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);

	if (strcmp(which, "verify") == 0)
		X509_STORE_set_verify(store, yes);
	else if (strcmp(which, "callback") == 0)
		X509_STORE_set_verify_cb(store, accept_any);
	else if (strcmp(which, "issued") == 0)
		X509_STORE_set_check_issued(store, issued);
	else if (strcmp(which, "issuer") == 0)
		X509_STORE_set_get_issuer(store, issuer);
	else if (strcmp(which, "lookup") == 0)
		X509_STORE_set_lookup_certs(store, lookup);
	else if (strcmp(which, "revocation") == 0)
		X509_STORE_set_check_revocation(store, yes);
	else
		SSL_CTX_set_cert_verify_callback(
		    ctx, strcmp(which, "sent_first") == 0 ? sent_first : inner, NULL);
	if (strcmp(which, "issuer") == 0 || strcmp(which, "lookup") == 0)
		X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
}

static SSL_CTX *client_context(const char *store)
{
	SSL_CTX *ctx = SSL_CTX_new(version("fixed") == TLS1_2_VERSION ? TLSv1_2_client_method()
				   : version("fixed")                 ? TLSv1_client_method()
								      : TLS_client_method());

	NEED(ctx);
	if (arg("loose")) {
		SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
		SSL_CTX_set_max_proto_version(ctx, 0);
	}
	if (arg("own"))
		verify_by_itself(ctx, arg("own"));
	if (arg("store_does"))
		set_functions(ctx, arg("store_does"));
	if (arg("dane"))
		NEED(SSL_CTX_dane_enable(ctx) == 1);
	SSL_CTX_set_security_level(ctx, 1);
	if (store && strcmp(store, "none") != 0)
		NEED(SSL_CTX_load_verify_locations(ctx, file(store, ".pem"), NULL) == 1);
	return ctx;
}

/* Says yes to every name, as a server with virtual hosts does: the client's session then remembers it. */
static int any_name(SSL *ssl, int *alert, void *argument)
{
	(void)ssl;
	(void)alert;
	(void)argument;
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *server_context(const char *id)
{
	static unsigned char keys[80];
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	NEED(ctx);
	SSL_CTX_set_security_level(ctx, 0);
	if (arg("psk"))
		SSL_CTX_set_psk_server_callback(ctx, psk_server);
	if (!arg("anonymous")) {
		NEED(SSL_CTX_use_certificate_chain_file(ctx, file(id, ".pem")) == 1);
		NEED(SSL_CTX_use_PrivateKey_file(ctx, file(id, ".key"), SSL_FILETYPE_PEM) == 1);
	}
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"all", 3);
	SSL_CTX_set_tlsext_servername_callback(ctx, any_name);
	keys[0] = arg("foreign") != NULL;
	SSL_CTX_set_tlsext_ticket_keys(ctx, keys, sizeof(keys));
	if (arg("again"))
		SSL_CTX_set_options(ctx, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
	SSL_CTX_set_max_early_data(ctx, 4096);
	SSL_CTX_set_recv_max_early_data(ctx, 4096);
	SSL_CTX_set_options(ctx, SSL_OP_NO_ANTI_REPLAY);
	if (version("smax"))
		SSL_CTX_set_max_proto_version(ctx, version("smax"));
	if (arg("sciphers"))
		NEED(SSL_CTX_set_cipher_list(ctx, arg("sciphers")) == 1);
	if (arg("ask") || arg("looks"))
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, accept_any);
	if (version("smin"))
		SSL_CTX_set_min_proto_version(ctx, version("smin"));
	if (arg("looks"))
		verify_by_itself(ctx, arg("looks"));
	return ctx;
}

static int is_retry(SSL *ssl, int r)
{
	int e = SSL_get_error(ssl, r);

	return e == SSL_ERROR_WANT_RETRY_VERIFY || e == SSL_ERROR_WANT_READ ||
	       e == SSL_ERROR_WANT_WRITE;
}

static int run_handshake(SSL *client, SSL *server)
{
	for (int i = 0; i < 50; i++) {
		int r = SSL_do_handshake(client);

		if (r == 1) {
			/* a server that refuses the client's certificate has failed here */
			return SSL_do_handshake(server) == 1 || !arg("looks");
		}
		if (!is_retry(client, r))
			return 0;
		if (i == 0 && arg("hold")) {
			SSL_up_ref(client);
			usleep((useconds_t)number("hold", 0) * 1000);
			SSL_free(client);
		}
		SSL_do_handshake(server);
	}
	return 0;
}

/* Application data both ways; the client gets its tickets so. */
static void exchange(SSL *client, SSL *server, int count)
{
	char buf[64];

	for (int i = 0; i < count; i++) {
		NEED(SSL_write(client, "ping", 4) == 4);
		NEED(SSL_read(server, buf, sizeof(buf)) == 4);
		NEED(SSL_write(server, "pong", 4) == 4);
		NEED(SSL_read(client, buf, sizeof(buf)) == 4);
	}
}

static SSL_SESSION *through_der(SSL_SESSION *s)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	int n = i2d_SSL_SESSION(s, &der);
	SSL_SESSION *again;

	NEED(n > 0);
	p = der;
	again = d2i_SSL_SESSION(NULL, &p, n);
	NEED(again);
	OPENSSL_free(der);
	return again;
}

static int use_session(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *n,
		       SSL_SESSION **s)
{
	(void)ssl;
	(void)md;
	*id = (const unsigned char *)"x";
	*n = 1;
	SSL_SESSION_up_ref(psk_session);
	*s = psk_session;
	return 1;
}

/* A client finds in its sessions what it has put there, or nothing. */
static void seen_data(SSL_SESSION *s)
{
	void *data;
	size_t n;

	NEED(SSL_SESSION_get0_ticket_appdata(s, &data, &n) == 1);
	NEED(n == 0 ? !data : n == 16 && memcmp(data, "the client's own", n) == 0);
}

static void offer(SSL *client)
{
	int slot = number("session", -1);
	const char *via = arg("via") ? arg("via") : "same";
	SSL_SESSION *s = slot < 0 ? NULL : sessions[slot];

	if (slot < 0)
		return;
	NEED(s);
	if (strncmp(via, "data", 4) == 0)
		NEED(SSL_SESSION_set1_ticket_appdata(s, "the client's own", 16) == 1);
	if (strcmp(via, "dup") == 0)
		s = SSL_SESSION_dup(s);
	else if (strstr(via, "der"))
		s = through_der(s);
	else
		SSL_SESSION_up_ref(s);
	if (strncmp(via, "data", 4) == 0)
		seen_data(s);
	if (strcmp(via, "copy") == 0) {
		SSL *other = SSL_new(SSL_get_SSL_CTX(client));
		NEED(SSL_set_session(other, s) == 1);
		NEED(SSL_copy_session_id(client, other) == 1);
		SSL_free(other);
	} else if (strcmp(via, "callback") == 0) {
		psk_session = s;
		SSL_set_psk_use_session_callback(client, use_session);
	} else {
		NEED(SSL_set_session(client, s) == 1);
	}
	if (strcmp(via, "callback") != 0)
		SSL_SESSION_free(s);
}

static void set_mode(SSL *client)
{
	const char *mode = arg("mode") ? arg("mode") : "peer";

	if (arg("nested"))
		SSL_set_verify(client, SSL_VERIFY_PEER, nested);
	else if (arg("jump"))
		SSL_set_verify(client, SSL_VERIFY_PEER, jump_out);
	else if (strcmp(mode, "none") == 0)
		SSL_set_verify(client, SSL_VERIFY_NONE, NULL);
	else
		SSL_set_verify(client, SSL_VERIFY_PEER,
			       strcmp(mode, "waive") == 0     ? accept_any
			       : strcmp(mode, "collect") == 0 ? collect
			       : strcmp(mode, "refuse") == 0  ? refuse
							      : NULL);
}

static int info_calls[2];

static void info_first(const SSL *ssl, int where, int value)
{
	(void)ssl;
	(void)value;
	info_calls[0] += where == SSL_CB_HANDSHAKE_START;
}

static void info_second(const SSL *ssl, int where, int value)
{
	(void)ssl;
	(void)value;
	info_calls[1] += where == SSL_CB_HANDSHAKE_START;
}

/* libssl copies the context's callback at SSL_new(): what becomes of the context afterwards is nothing to the SSL. */
static SSL *with_info(SSL_CTX *ctx)
{
	SSL *ssl;

	if (!arg("info"))
		return SSL_new(ctx);
	SSL_CTX_set_info_callback(ctx, info_first);
	ssl = SSL_new(ctx);
	if (strcmp(arg("info"), "changed") == 0)
		SSL_CTX_set_info_callback(ctx, info_second);
	else if (strcmp(arg("info"), "removed") == 0)
		SSL_CTX_set_info_callback(ctx, NULL);
	return ssl;
}

static SSL *make_client(void)
{
	int slot = number("ctx", -1);
	SSL_CTX *ctx = slot >= 0 ? contexts[slot] : NULL;
	SSL *ssl;

	if (number("reuse", -1) >= 0) {
		ssl = kept[number("reuse", -1)];
		NEED(SSL_clear(ssl) == 1);
		return ssl;
	}
	if (number("dupe", -1) >= 0) {
		ssl = SSL_dup(kept[number("dupe", -1)]);
		NEED(ssl);
		return ssl;
	}
	if (!ctx)
		ctx = client_context(arg("store"));
	if (slot >= 0 && !contexts[slot])
		contexts[slot] = ctx;
	if (arg("instead"))
		SSL_CTX_set_cert_verify_callback(ctx, instead, strdup(arg("instead")));
	ssl = with_info(ctx);
	NEED(ssl);
	if (slot < 0)
		SSL_CTX_free(ctx);
	return ssl;
}

static void mark_in_store(X509_STORE *store, const char *path)
{
	BIO *b = BIO_new_file(path, "r");
	X509 *like = b ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
	STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(store);

	NEED(like);
	for (int i = 0; i < sk_X509_OBJECT_num(all); i++) {
		X509 *x = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(all, i));
		if (x && X509_cmp(x, like) == 0)
			NEED(X509_add1_reject_object(x, OBJ_nid2obj(NID_server_auth)) == 1);
	}
	X509_free(like);
	BIO_free(b);
}

/* How the chain is looked at. */
static void set_up_look(SSL *client)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(client);
	X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(client));

	if (arg("crl"))
		NEED(X509_load_crl_file(X509_STORE_add_lookup(store, X509_LOOKUP_file()),
					file(arg("crl"), ".crl"), X509_FILETYPE_PEM) == 1);
	if (arg("adds"))
		NEED(X509_STORE_load_locations(store, file(arg("adds"), ".pem"), NULL) == 1);
	if (arg("marks"))
		mark_in_store(store, file(arg("marks"), ".pem"));
	if (arg("folder"))
		NEED(X509_STORE_load_locations(store, NULL, arg("folder")) == 1);
	if (arg("crls"))
		X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK);
	if (arg("days"))
		X509_VERIFY_PARAM_set_time(param, time(NULL) + 86400L * number("days", 0));
	if (arg("purpose"))
		NEED(X509_VERIFY_PARAM_set_purpose(
			 param, X509_PURPOSE_get_id(X509_PURPOSE_get0(
				    X509_PURPOSE_get_by_sname(arg("purpose"))))) == 1);
	if (arg("depth"))
		X509_VERIFY_PARAM_set_depth(param, number("depth", 0));
}

static void add_tlsa(SSL *client)
{
	enum { WHOLE_CERTIFICATE = 0, SHA256_ = 1, END_ENTITY = 3 };
	const unsigned char usage = (unsigned char)number("dane", END_ENTITY);
	STACK_OF(X509) *rest = sk_X509_new_null();
	X509 *leaf = certificate(arg("server"), rest), *x = leaf;
	unsigned char digest[32];

	if (usage != END_ENTITY)
		x = sk_X509_value(rest, sk_X509_num(rest) - 1);
	NEED(x && X509_digest(x, EVP_sha256(), digest, NULL) == 1);
	NEED(SSL_dane_enable(client, arg("sni")) == 1);
	NEED(SSL_dane_tlsa_add(client, usage, WHOLE_CERTIFICATE, SHA256_, digest, sizeof(digest)) ==
	     1);
	X509_free(leaf);
	sk_X509_pop_free(rest, X509_free);
}

static void set_up(SSL *client)
{
	if (arg("sni") && !*arg("sni"))
		SSL_set_tlsext_host_name(client, NULL);
	else if (arg("sni"))
		SSL_set_tlsext_host_name(client, arg("sni"));
	if (arg("check"))
		NEED(SSL_set1_host(client, arg("check")) == 1);
	if (arg("also")) {
		char several[256];
		snprintf(several, sizeof(several), "%s", arg("also"));
		for (char *rest, *name = strtok_r(several, ",", &rest); name;
		     name = strtok_r(NULL, ",", &rest))
			NEED(SSL_add1_host(client, name) == 1);
	}
	if (arg("ip"))
		NEED(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(client), arg("ip")) == 1);
	if (version("min"))
		SSL_set_min_proto_version(client, version("min"));
	if (version("max"))
		SSL_set_max_proto_version(client, version("max"));
	if (version("after"))
		SSL_set_min_proto_version(client, version("after"));
	if (arg("ciphers"))
		NEED(SSL_set_cipher_list(client, arg("ciphers")) == 1);
	if (arg("level"))
		SSL_set_security_level(client, number("level", 1));
	if (arg("partial"))
		X509_VERIFY_PARAM_set_flags(SSL_get0_param(client), X509_V_FLAG_PARTIAL_CHAIN);
	if (arg("strict"))
		X509_VERIFY_PARAM_set_flags(SSL_get0_param(client), X509_V_FLAG_X509_STRICT);
	set_up_look(client);
	if (arg("cert")) {
		NEED(SSL_use_certificate_chain_file(client, file(arg("cert"), ".pem")) == 1);
		NEED(SSL_use_PrivateKey_file(client, file(arg("cert"), ".key"), SSL_FILETYPE_PEM) ==
		     1);
	}
	if (arg("switch")) {
		SSL_CTX *other = client_context(arg("switch"));
		SSL_set_SSL_CTX(client, other);
		SSL_CTX_free(other);
	}
	if (arg("dane"))
		add_tlsa(client);
	set_mode(client);
	if (arg("late"))
		SSL_set_msg_callback(client, change);
	if (arg("swap"))
		SSL_set_msg_callback(client, swap);
	if (arg("psk"))
		SSL_set_psk_client_callback(client, psk_client);
	offer(client);
}

static int renegotiate(SSL *client, SSL *server)
{
	char buf[16];

	if (*arg("again"))
		NEED(SSL_set_tlsext_host_name(client, arg("again")) == 1);
	if (arg("then")) {
		NEED(SSL_use_certificate_file(server, file(arg("then"), ".pem"),
					      SSL_FILETYPE_PEM) == 1);
		NEED(SSL_use_PrivateKey_file(server, file(arg("then"), ".key"), SSL_FILETYPE_PEM) ==
		     1);
	}
	NEED((arg("shortly") ? SSL_renegotiate_abbreviated(client) : SSL_renegotiate(client)) == 1);
	for (int i = 0; i < 20; i++) {
		int r = SSL_do_handshake(client);
		if (r <= 0 && !is_retry(client, r))
			return 0;
		SSL_read(server, buf, sizeof(buf));
		if (r == 1 && !SSL_renegotiate_pending(client))
			return 1;
	}
	return 0;
}

/* Early data is readable by whoever the session was made with, and by nobody else. */
static int early(SSL *client, SSL *server)
{
	size_t n = 0;
	char wire[8192];
	int r = SSL_write_early_data(client, "SECRETSECRET", 12, &n);
	BIO *b = SSL_get_rbio(server);
	int got = (int)BIO_ctrl_pending(b);

	got = got > (int)sizeof(wire) ? (int)sizeof(wire) : got;
	/* a look at the wire without taking anything from it */
	char *p;
	int there = BIO_nread0(b, &p);
	there = there > got ? got : there;
	if (there > 0 && memmem(p, (size_t)there, "SECRETSECRET", 12))
		printf("PLAINTEXT ON THE WIRE ");
	for (int i = 0; r != 1 && is_retry(client, r) && i < 10; i++) {
		char buf[64];
		size_t m;

		SSL_read_early_data(server, buf, sizeof(buf), &m);
		SSL_do_handshake(server);
		r = SSL_write_early_data(client, "SECRETSECRET", 12, &n);
	}
	printf("early=%d error=%d ", r, SSL_get_error(client, r));
	return r;
}

/* Shut down by somebody else: neither side gets a byte over it. */
static int is_mute(SSL *client, SSL *server)
{
	char buf[64];

	if (SSL_get_shutdown(client) != (SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN))
		return 0;
	NEED(SSL_write(client, "ping", 4) <= 0);
	NEED(SSL_read(server, buf, sizeof(buf)) <= 0);
	NEED(SSL_write(server, "pong", 4) == 4);
	NEED(SSL_read(client, buf, sizeof(buf)) <= 0);
	NEED(SSL_peek(client, buf, sizeof(buf)) <= 0);
	return 1;
}

static void finish(SSL *client, SSL *server, int ok)
{
	STACK_OF(X509) *chain;

	/* whatever became of it, the client's settings are its own */
	if (arg("mode") && strcmp(arg("mode"), "none") == 0)
		NEED(SSL_get_verify_mode(client) == SSL_VERIFY_NONE);
	if (ok && arg("open"))
		SSL_set_shutdown(client, 0);
	if (ok && is_mute(client, server)) {
		printf("mute\n");
		ERR_clear_error();
		return;
	}

	if (ok) {
		exchange(client, server, number("data", 1));
		if (arg("save")) {
			SSL_SESSION_free(sessions[number("save", 0)]);
			sessions[number("save", 0)] = SSL_get1_session(client);
			seen_data(sessions[number("save", 0)]);
		}
	}
	if (ok && arg("again")) {
		ok = renegotiate(client, server);
		if (ok && is_mute(client, server)) {
			printf("mute\n");
			ERR_clear_error();
			return;
		}
		if (ok)
			exchange(client, server, 1);
	}
	chain = SSL_get0_verified_chain(client);
	if (ok)
		printf("good result=%ld resumed=%d chain=%d %s\n", SSL_get_verify_result(client),
		       SSL_session_reused(client), chain ? sk_X509_num(chain) : 0,
		       SSL_get_version(client));
	else
		printf("bad result=%ld reason=%d\n", SSL_get_verify_result(client),
		       ERR_GET_REASON(ERR_peek_last_error()));
	if (arg("info"))
		printf("info %d %d\n", info_calls[0], info_calls[1]);
	if (arg("counts"))
		printf("memory %d\n", session_memory);
	if (ERR_peek_error() && ok)
		printf("STRAY ERROR %lx\n", ERR_peek_error());
	ERR_clear_error();
}

/* -1: the client's callback jumped out of OpenSSL. */
static __attribute__((noinline)) int guarded_handshake(SSL *client, SSL *server)
{
	if (setjmp(jump)) {
		printf("jumped\n");
		return -1;
	}
	return run_handshake(client, server);
}

static void connect_line(void)
{
	SSL *client = make_client();
	SSL_CTX *sctx = server_context(arg("server"));
	SSL *server = SSL_new(sctx);
	int ok = 0;

	session_memory = 0;
	unmarked = arg("unmarked") != NULL;
	set_up(client);
	tie_ends(client, server, 32768);
	if (arg("early"))
		ok = early(client, server);
	if (arg("early") && ok) {
		char buf[64];
		size_t n;
		SSL_read_early_data(server, buf, sizeof(buf), &n);
		SSL_read_early_data(server, buf, sizeof(buf), &n);
	}
	if (!arg("early") || ok)
		ok = guarded_handshake(client, server);
	if (ok < 0)
		return; /* what the jump leaves behind leaks, with the library or without */
	fputs(nested_result, stdout);
	nested_result[0] = '\0';
	finish(client, server, ok);
	if (ok) {
		SSL_shutdown(client);
		SSL_shutdown(server);
	}
	SSL_CTX_free(sctx);
	if (arg("keep")) {
		kept[number("keep", 0)] = client;
		kept_servers[number("keep", 0)] = server;
		return;
	}
	if (number("reuse", -1) >= 0) {
		SSL_free(server);
		return;
	}
	SSL_free(client);
	SSL_free(server);
}

static X509 *certificate(const char *id, STACK_OF(X509) *rest)
{
	BIO *in = BIO_new_file(file(id, ".pem"), "r");
	X509 *leaf, *x;

	NEED(in);
	leaf = PEM_read_bio_X509(in, NULL, NULL, NULL);
	NEED(leaf);
	while ((x = PEM_read_bio_X509(in, NULL, NULL, NULL)))
		sk_X509_push(rest, x);
	ERR_clear_error();
	BIO_free(in);
	return leaf;
}

static void verify_line(void)
{
	STACK_OF(X509) *rest = sk_X509_new_null();
	X509 *leaf = arg("object")  ? SSL_get1_peer_certificate(kept[number("object", 0)])
		     : arg("shown") ? SSL_get1_peer_certificate(kept_servers[number("shown", 0)])
				    : certificate(arg("leaf"), rest);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	if (strcmp(arg("store"), "none") != 0)
		NEED(X509_STORE_load_locations(store, file(arg("store"), ".pem"), NULL) == 1);
	NEED(leaf && X509_STORE_CTX_init(ctx, store, leaf, rest) == 1);
	int r = X509_verify_cert(ctx);
	printf("%s result=%d\n", r == 1 ? "good" : "bad", X509_STORE_CTX_get_error(ctx));
	if (arg("twice")) {
		/* the same context for another leaf, without telling anybody */
		STACK_OF(X509) *more = sk_X509_new_null();
		X509 *other = certificate(arg("twice"), more);
		X509_STORE_CTX_set0_verified_chain(ctx, NULL);
		X509_STORE_CTX_set_cert(ctx, other);
		X509_STORE_CTX_set0_untrusted(ctx, more);
		X509_STORE_CTX_set_error(ctx, 0);
		r = X509_verify_cert(ctx);
		printf("%s result=%d\n", r == 1 ? "good" : "bad", X509_STORE_CTX_get_error(ctx));
		X509_STORE_CTX_free(ctx);
		ctx = NULL;
		X509_free(other);
		sk_X509_pop_free(more, X509_free);
	}
	ERR_clear_error();
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	X509_free(leaf);
	sk_X509_pop_free(rest, X509_free);
}

static int message_passes(X509 *leaf, EVP_PKEY *key, X509_STORE *store)
{
	BIO *in = BIO_new_mem_buf("firmware", -1), *out = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = CMS_sign(leaf, key, NULL, in, CMS_BINARY);

	NEED(cms);
	X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
	int r = CMS_verify(cms, NULL, store, NULL, out, CMS_BINARY);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(out);
	return r;
}

static int answer_passes(X509 *leaf, EVP_PKEY *key, X509_STORE *store)
{
	OCSP_BASICRESP *answer = OCSP_BASICRESP_new();
	STACK_OF(X509) *rest = sk_X509_new_null();
	X509 *issuer = certificate("corp", rest);
	OCSP_CERTID *about = OCSP_cert_to_id(NULL, leaf, issuer);
	ASN1_TIME *now = X509_gmtime_adj(NULL, 0);

	NEED(OCSP_basic_add1_status(answer, about, V_OCSP_CERTSTATUS_GOOD, 0, NULL, now, NULL));
	NEED(OCSP_basic_sign(answer, leaf, key, EVP_sha256(), NULL, 0) == 1);
	int r = OCSP_basic_verify(answer, NULL, store, 0);
	OCSP_BASICRESP_free(answer);
	OCSP_CERTID_free(about);
	X509_free(issuer);
	sk_X509_free(rest);
	ASN1_TIME_free(now);
	return r;
}

static void signed_line(void)
{
	STACK_OF(X509) *rest = sk_X509_new_null();
	X509 *leaf = certificate(arg("signer"), rest);
	BIO *in = BIO_new_file(file(arg("signer"), ".key"), "r");
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	X509_STORE *store = X509_STORE_new();

	NEED(key && X509_STORE_load_locations(store, file(arg("store"), ".pem"), NULL) == 1);
	ERR_clear_error();
	int cms = strcmp(arg("how"), "cms") == 0;
	int r = cms ? message_passes(leaf, key, store) : answer_passes(leaf, key, store);
	printf("%s", r == 1 ? "good" : "bad");
	for (unsigned long code; (code = ERR_get_error()) != 0;)
		printf(" %d", ERR_GET_REASON(code));
	printf("\n");
	EVP_PKEY_free(key);
	BIO_free(in);
	X509_STORE_free(store);
	X509_free(leaf);
	sk_X509_pop_free(rest, X509_free);
}

/* A new file takes the place of the old one, as an editor or a package does it. */
static void replace_file(const char *from, const char *to)
{
	char temporary[600], buf[65536];
	snprintf(temporary, sizeof(temporary), "%s.new", to);
	FILE *in = fopen(from, "r"), *out = fopen(temporary, "w");

	NEED(out);
	size_t n = in ? fread(buf, 1, sizeof(buf), in) : 0;
	fwrite(buf, 1, n, out);
	fclose(out);
	if (in)
		fclose(in);
	NEED(rename(temporary, to) == 0);
}

static void session_file(int out, int slot, const char *path)
{
	BIO *b = BIO_new_file(path, out ? "w" : "r");

	NEED(b);
	if (out)
		NEED(PEM_write_bio_SSL_SESSION(b, sessions[slot]) == 1);
	else
		NEED((sessions[slot] = PEM_read_bio_SSL_SESSION(b, NULL, NULL, NULL)) != NULL);
	BIO_free(b);
}

static void run_line(void)
{
	if (strcmp(words[0], "connect") == 0)
		connect_line();
	else if (strcmp(words[0], "verify") == 0)
		verify_line();
	else if (strcmp(words[0], "signed") == 0)
		signed_line();
	else if (strcmp(words[0], "export") == 0 || strcmp(words[0], "import") == 0)
		session_file(words[0][0] == 'e', atoi(words[1]), words[2]);
	else if (strcmp(words[0], "sleep") == 0)
		usleep((useconds_t)atoi(words[1]) * 1000);
	else if (strcmp(words[0], "copy") == 0)
		replace_file(words[1], words[2]);
	else if (strcmp(words[0], "remove") == 0)
		NEED(unlink(words[1]) == 0);
	else if (strcmp(words[0], "link") == 0) {
		unlink(words[2]);
		NEED(symlink(words[1], words[2]) == 0);
	} else if (strcmp(words[0], "free") == 0) {
		SSL_free(kept[atoi(words[1])]);
		SSL_free(kept_servers[atoi(words[1])]);
	} else
		NEED(!"known command");
}

static void *counted(size_t n, const char *file, int at)
{
	(void)at;
	const int of_session = file && strstr(file, "ssl_sess.c");

	session_memory += of_session;
	return of_session && n == 24 && unmarked ? NULL : malloc(n);
}

static void *resized(void *p, size_t n, const char *file, int at)
{
	(void)file, (void)at;
	return realloc(p, n);
}

static void freed(void *p, const char *file, int at)
{
	(void)file, (void)at;
	free(p);
}

int main(void)
{
	NEED(CRYPTO_set_mem_functions(counted, resized, freed) == 1);
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		word_count = 0;
		for (char *w = strtok(line, " \n"); w && word_count < WORDS;
		     w = strtok(NULL, " \n"))
			words[word_count++] = w;
		if (word_count)
			run_line();
	}
	return 0;
}
