/* SPDX-License-Identifier: ISC
 *
 * The client that `tlsmend view` is: OpenSSL as this machine has it, its default store, verification on, and the library in front
 * of it, which says what it makes of the outcome.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "handshake.h"

void probe_words(const struct probe *p, int fd, struct probe_words *out)
{
	static char command[] = "tlsmend", option[] = "--probe";
	const char *const words[] = {p->host,        p->name, p->starttls,
				     p->certificate, p->key,  p->proxy};
	size_t n = 0;
	memset(out, 0, sizeof *out);
	snprintf(out->numbers[0], sizeof out->numbers[0], "%d", fd);
	snprintf(out->numbers[1], sizeof out->numbers[1], "%u", p->port);
	snprintf(out->numbers[2], sizeof out->numbers[2], "%u", p->seconds);
	out->word[n++] = command;
	out->word[n++] = option;
	for (size_t i = 0; i < ARRAY_LENGTH(out->numbers); i++)
		out->word[n++] = out->numbers[i];
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		out->word[n++] = copy_string(words[i]);
}

/* ---- what the handshake shows -------------------------------------------------------------------------- */

struct seen {
	STACK_OF(X509) *presented, *path;
	bool answered; /* in TLS */
	bool asked;    /* for a certificate of ours */
	json_t *authorities;
};

static int seen_index(void)
{
	static int index = -1;
	if (index < 0)
		index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	return index;
}

static void keep(STACK_OF(X509) **to, STACK_OF(X509) *from)
{
	sk_X509_pop_free(*to, X509_free);
	*to = from ? X509_chain_up_ref(from) : NULL;
}

/* Decides nothing. */
static int look(int ok, X509_STORE_CTX *ctx)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct seen *s = ssl ? SSL_get_ex_data(ssl, seen_index()) : NULL;
	if (s) {
		keep(&s->presented, X509_STORE_CTX_get0_untrusted(ctx));
		keep(&s->path, X509_STORE_CTX_get0_chain(ctx));
	}
	return ok;
}

static void message(int written, int version, int type, const void *data, size_t n, SSL *ssl,
		    void *arg)
{
	struct seen *s = arg;
	(void)version;
	(void)data;
	(void)n;
	(void)ssl;
	s->answered =
	    s->answered || (!written && (type == SSL3_RT_HANDSHAKE || type == SSL3_RT_ALERT));
}

static json_t *names(const STACK_OF(X509_NAME) *list)
{
	enum { MOST = 100 };
	json_t *all = json_array();
	for (int i = 0; i < sk_X509_NAME_num(list) && i < MOST; i++) {
		BIO *b = BIO_new(BIO_s_mem());
		char *text = NULL;
		long n = 0;
		if (b) {
			X509_NAME_print_ex(b, sk_X509_NAME_value(list, i), 0,
					   XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
			n = BIO_get_mem_data(b, &text);
		}
		json_array_append_new(all, handshake_text(text ? text : "", (size_t)n));
		BIO_free(b);
	}
	return all;
}

/* The server asks. What was configured is used as without this. */
static int asked(SSL *ssl, void *arg)
{
	struct seen *s = arg;
	s->asked = true;
	json_decref(s->authorities);
	s->authorities = names(SSL_get0_peer_CA_list(ssl));
	return 1;
}

static json_t *pems(STACK_OF(X509) *chain)
{
	json_t *list = json_array();
	for (int i = 0; chain && i < sk_X509_num(chain); i++) {
		BIO *b = BIO_new(BIO_s_mem());
		char *text = NULL;
		if (b && PEM_write_bio_X509(b, sk_X509_value(chain, i)) == 1) {
			const long n = BIO_get_mem_data(b, &text);
			json_array_append_new(list, json_stringn(text, (size_t)n));
		}
		BIO_free(b);
	}
	return list;
}

static void tell_seen(json_t *o, const struct seen *s)
{
	json_object_set_new(o, "answered", json_boolean(s->answered));
	json_object_set_new(o, "presented", pems(s->presented));
	json_object_set_new(o, "path", pems(s->path));
	json_object_set_new(o, "asked", json_boolean(s->asked));
	if (s->authorities)
		json_object_set(o, "authorities", s->authorities);
}

static void seen_free(struct seen *s)
{
	sk_X509_pop_free(s->presented, X509_free);
	sk_X509_pop_free(s->path, X509_free);
	json_decref(s->authorities);
}

/* ---- as this machine's clients do ------------------------------------------------------------------------ */

struct reporter {
	int fd;
};

static void stage(void *arg, const char *text)
{
	const struct reporter *r = arg;
	json_t *o = json_object();
	json_object_set_new(o, "stage", json_string(text));
	handshake_write(r->fd, o);
}

/* NULL: *why. */
static SSL_CTX *client_context(const struct probe *p, char **why)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	if (!ctx || SSL_CTX_set_default_verify_paths(ctx) != 1)
		*why = copy_string("OpenSSL cannot begin");
	else if (*p->certificate &&
		 (SSL_CTX_use_certificate_chain_file(ctx, p->certificate) != 1 ||
		  SSL_CTX_use_PrivateKey_file(ctx, *p->key ? p->key : p->certificate,
					      SSL_FILETYPE_PEM) != 1))
		*why = join("the certificate ", p->certificate, " or its key cannot be used: ",
			    ERR_reason_error_string(ERR_peek_error()), NULL);
	if (!*why) {
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, look);
		return ctx;
	}
	SSL_CTX_free(ctx);
	return NULL;
}

static void converse(struct wire *w, const struct probe *p, SSL_CTX *ctx, json_t *o)
{
	struct seen s = {.authorities = NULL};
	SSL *ssl = SSL_new(ctx);
	bool good = ssl && SSL_set_ex_data(ssl, seen_index(), &s) == 1 && handshake_name(ssl, p) &&
		    SSL_set_fd(ssl, w->fd) == 1;
	if (good) {
		SSL_set_msg_callback(ssl, message);
		SSL_set_msg_callback_arg(ssl, &s);
		SSL_set_cert_cb(ssl, asked, &s);
		good = handshake_run(w, ssl);
		char *error = good ? NULL : handshake_error();
		if (error)
			wire_fail(w, "%s", error);
		free(error);
		json_object_set_new(o, "verify", json_integer(SSL_get_verify_result(ssl)));
		json_object_set_new(
		    o, "verify_text",
		    json_string(X509_verify_cert_error_string(SSL_get_verify_result(ssl))));
		tell_seen(o, &s);
	}
	if (good) {
		handshake_tell(ssl, o);
		SSL_shutdown(ssl);
	}
	json_object_set_new(o, "connected", json_boolean(good));
	SSL_free(ssl);
	seen_free(&s);
}

static void probe_here(const struct probe *p, int fd)
{
	struct reporter r = {fd};
	struct wire w = {.fd = -1, .stage = stage, .arg = &r};
	json_t *o = json_object();
	char *why = NULL;
	SSL_CTX *ctx = client_context(p, &why);
	json_object_set_new(o, "openssl", json_string(OpenSSL_version(OPENSSL_VERSION)));
	if (why)
		wire_fail(&w, "%s", why);
	json_object_set_new(o, "usable", json_boolean(ctx != NULL));
	if (ctx && handshake_reach(&w, p))
		converse(&w, p, ctx, o);
	if (*w.address)
		json_object_set_new(o, "address", json_string(w.address));
	if (*w.error)
		json_object_set_new(o, "error", handshake_text(w.error, strlen(w.error)));
	json_object_set_new(o, "timed_out", json_boolean(w.timed_out));
	wire_close(&w);
	SSL_CTX_free(ctx);
	free(why);
	json_object_set_new(o, "end", json_true());
	handshake_write(fd, o);
}

int probe_main(char **words)
{
	struct probe p = {0};
	for (int i = 0; i < PROBE_WORDS - 3; i++)
		if (!words[i])
			return STATUS_USAGE;
	int fd = (int)strtol(words[0], NULL, 10);
	p.port = (unsigned)strtoul(words[1], NULL, 10);
	p.seconds = (unsigned)strtoul(words[2], NULL, 10);
	p.host = words[3];
	p.name = words[4];
	p.starttls = words[5];
	p.certificate = words[6];
	p.key = words[7];
	p.proxy = words[8];
	probe_here(&p, fd);
	return STATUS_OK;
}

/* ---- each version for itself ------------------------------------------------------------------------------- */

const struct probe_version probe_versions[PROBE_VERSIONS] = {
    {"TLSv1", TLS1_VERSION},
    {"TLSv1.1", TLS1_1_VERSION},
    {"TLSv1.2", TLS1_2_VERSION},
    {"TLSv1.3", TLS1_3_VERSION},
};

static SSL_CTX *version_context(int number, struct seen *s)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	if (!ctx)
		return NULL;
	/* Whatever the server has: the question is what it speaks, and nothing is said afterwards. */
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
	SSL_CTX_set_cert_cb(ctx, asked, s);
	if (SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0") == 1 &&
	    SSL_CTX_set_min_proto_version(ctx, number) == 1 &&
	    SSL_CTX_set_max_proto_version(ctx, number) == 1)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

void probe_version(const struct probe *p, const struct probe_version *v, int fd)
{
	struct seen s = {.authorities = NULL};
	struct wire w = {.fd = -1};
	json_t *o = json_object();
	SSL_CTX *ctx = version_context(v->number, &s);
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	bool reached =
	    ssl && handshake_name(ssl, p) && handshake_reach(&w, p) && SSL_set_fd(ssl, w.fd) == 1;
	bool spoken = reached && handshake_run(&w, ssl);
	json_object_set_new(o, "version", json_string(v->name));
	json_object_set_new(o, "possible", json_boolean(ssl != NULL));
	json_object_set_new(o, "reached", json_boolean(reached));
	json_object_set_new(o, "spoken", json_boolean(spoken));
	if (spoken)
		handshake_tell(ssl, o);
	tell_seen(o, &s);
	wire_close(&w);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	seen_free(&s);
	json_object_set_new(o, "end", json_true());
	handshake_write(fd, o);
}
