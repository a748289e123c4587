/* SPDX-License-Identifier: ISC
 *
 * What OpenSSL 1.0.1 lacks beside that: the comparison of names, and the language of SSL_CONF_cmd(3), of which it has the cipher list alone.
 * A verification has no place for a name there: who verifies asks here afterwards.
 */
#include "filled.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <tlsmend/binding.h>

#include <tlsmend/name_fit.h>

enum { NAMES_MOST = 1000 };

/* ---- names ---------------------------------------------------------------------------------------------------- */

static struct text text_of(const struct openssl *o, const ASN1_STRING *s)
{
	const int n = o->ASN1_STRING_length(s);
	return (struct text){(const char *)o->ASN1_STRING_get0_data(s), n > 0 ? (size_t)n : 0};
}

/* Is one of the alternative names of this type the one that was asked for? *any: there is one of that type. */
static bool alternative_fits(const struct openssl *o, const OPENSSL_STACK *names, int wanted,
			     struct text asked, unsigned flags, bool *any)
{
	const int n = o->OPENSSL_sk_num(names);
	bool fits = false;
	for (int i = 0; i < n && i < NAMES_MOST && !fits; i++) {
		int type = -1;
		const void *value =
		    o->GENERAL_NAME_get0_value(o->OPENSSL_sk_value(names, i), &type);
		if (type != wanted || !value)
			continue;
		const struct text name = text_of(o, value);
		*any = true;
		fits = wanted == GEN_DNS_
			   ? name_fit(asked, name, flags) == FIT_SAME
			   : name.n == asked.n && memcmp(name.s, asked.s, asked.n) == 0;
	}
	return fits;
}

/* Of several common names any. */
static bool common_name_fits(const struct openssl *o, X509 *x, struct text asked, unsigned flags)
{
	X509_NAME *subject = o->X509_get_subject_name(x);
	bool fits = false;
	for (int i = -1;
	     !fits && (i = o->X509_NAME_get_index_by_NID(subject, NID_common_name, i)) >= 0;) {
		unsigned char *utf8 = NULL;
		const int n = o->ASN1_STRING_to_UTF8(
		    &utf8, o->X509_NAME_ENTRY_get_data(o->X509_NAME_get_entry(subject, i)));
		fits = n > 0 && utf8 &&
		       name_fit(asked, (struct text){(char *)utf8, (size_t)n}, flags) == FIT_SAME;
		if (utf8)
			o->CRYPTO_free(utf8, "", 0);
	}
	return fits;
}

/* Alternative names that cannot be read are not taken for none. */
static bool fits(X509 *x, int type, struct text asked, unsigned flags)
{
	enum { NOT_THERE = -1 };
	const struct openssl *o = binding_current ? copy_api(binding_current) : NULL;
	int state = 0;
	bool any = false, good = false;
	if (!o)
		return false;
	OPENSSL_STACK *names = o->X509_get_ext_d2i(x, NID_subject_alt_name_, &state, NULL);
	if (names) {
		good = alternative_fits(o, names, type, asked, flags, &any);
		o->GENERAL_NAMES_free(names);
	} else if (state != NOT_THERE) {
		return false;
	}
	return good || (!any && type == GEN_DNS_ && common_name_fits(o, x, asked, flags));
}

static int check_host(X509 *x, const char *name, size_t n, unsigned int flags, char **found)
{
	(void)found;
	return fits(x, GEN_DNS_, (struct text){name, n ? n : strlen(name)}, flags);
}

static int check_address(X509 *x, const char *address, unsigned int flags)
{
	unsigned char bytes[16];
	const bool six = strchr(address, ':') != NULL;
	if (inet_pton(six ? AF_INET6 : AF_INET, address, bytes) != 1)
		return 0;
	return fits(x, GEN_IPADD_, (struct text){(const char *)bytes, six ? 16 : 4}, flags);
}

static int signature_nid(const X509 *x)
{
	/* X509 and X509_ALGOR, as far as the first fields go */
	const struct {
		void *info;
		const ASN1_OBJECT *const *algorithm;
	} *certificate = (const void *)x;
	return binding_current ? copy_api(binding_current)->OBJ_obj2nid(*certificate->algorithm)
			       : 0;
}

/* ---- an SSL ------------------------------------------------------------------------------------------------------- */

/* As far as its parameters: the same in all of 1.0.x. */
struct old_ssl {
	int version, type;
	const void *method;
	void *rbio, *wbio, *bbio;
	int rwstate, in_handshake;
	void (*handshake)(void);
	int server, new_session, quiet_shutdown, shutdown, state, rstate;
	void *init_buf, *init_msg;
	int init_num, init_off;
	unsigned char *packet;
	unsigned int packet_length;
	void *s2, *s3, *d1;
	int read_ahead;
	void (*message)(void);
	void *message_arg;
	int hit;
	X509_VERIFY_PARAM *param;
};

static X509_VERIFY_PARAM *param_of(SSL *ssl)
{
	return ((const struct old_ssl *)(const void *)ssl)->param;
}

/* ---- SSL_CONF_cmd(3) ------------------------------------------------------------------------------------------------- */

struct ssl_conf_ctx_st {
	SSL *ssl;
	SSL_CTX *ctx;
};

static SSL_CONF_CTX *conf_new(void)
{
	return calloc(1, sizeof(SSL_CONF_CTX));
}

static void conf_free(SSL_CONF_CTX *conf)
{
	free(conf);
}

static unsigned int conf_set_flags(SSL_CONF_CTX *conf, unsigned int flags)
{
	(void)conf;
	return flags;
}

static void conf_set_ssl(SSL_CONF_CTX *conf, SSL *ssl)
{
	conf->ssl = ssl;
}

static void conf_set_ssl_ctx(SSL_CONF_CTX *conf, SSL_CTX *ctx)
{
	conf->ctx = ctx;
}

static int conf_set(SSL_CONF_CTX *conf, const char *name, const char *value)
{
	enum { UNKNOWN = -2 };
	const struct openssl *o = binding_current ? copy_api(binding_current) : NULL;
	if (!o || strcmp(name, "CipherString") != 0 || !o->SSL_set_cipher_list || !o->SSL_new ||
	    !o->SSL_free)
		return UNKNOWN;
	SSL *ssl = conf->ssl ? conf->ssl : o->SSL_new(conf->ctx);
	const int taken = ssl ? o->SSL_set_cipher_list(ssl, value) : 0;
	if (ssl && !conf->ssl)
		o->SSL_free(ssl);
	return taken;
}

static int conf_finish(SSL_CONF_CTX *conf)
{
	(void)conf;
	return 1;
}

const struct openssl filled_101 = {
    .X509_check_host = check_host,
    .X509_check_ip_asc = check_address,
    .X509_get_signature_nid = signature_nid,
    .SSL_get0_param = param_of,
    .SSL_CONF_CTX_new = conf_new,
    .SSL_CONF_CTX_free = conf_free,
    .SSL_CONF_CTX_set_flags = conf_set_flags,
    .SSL_CONF_CTX_set_ssl = conf_set_ssl,
    .SSL_CONF_CTX_set_ssl_ctx = conf_set_ssl_ctx,
    .SSL_CONF_cmd = conf_set,
    .SSL_CONF_CTX_finish = conf_finish,
};
