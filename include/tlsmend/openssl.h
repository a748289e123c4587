/* SPDX-License-Identifier: ISC
 *
 * Room "openssl": the only one that knows copies and versions of OpenSSL.
 *
 * A process may hold several copies (design.md#copies). Each is described by one immutable table of function pointers, made
 * from api.def with dlsym(3) on the copy itself. tlsmend never links, loads or includes OpenSSL; the types here
 * are opaque. A function that a copy lacks is NULL in its table unless api.def says "required"; who calls another one
 * asks first. A copy that lacks a required one is passed through untouched. What only an explanation or a rule calls is "later": it is
 * looked up when the first of it is asked for, and stands in a part of the table that is reached through later() alone.
 */
#ifndef TLSMEND_OPENSSL_H
#define TLSMEND_OPENSSL_H

#include <tlsmend/base.h>

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_method_st SSL_METHOD;
typedef struct ssl_session_st SSL_SESSION;
typedef struct ssl_cipher_st SSL_CIPHER;
typedef struct ssl_conf_ctx_st SSL_CONF_CTX;
typedef struct x509_st X509;
typedef struct X509_name_st X509_NAME;
typedef struct X509_name_entry_st X509_NAME_ENTRY;
typedef struct X509_pubkey_st X509_PUBKEY;
typedef struct X509_crl_st X509_CRL;
typedef struct x509_revoked_st X509_REVOKED;
typedef struct X509_extension_st X509_EXTENSION;
typedef struct x509_store_st X509_STORE;
typedef struct x509_store_ctx_st X509_STORE_CTX;
typedef struct X509_VERIFY_PARAM_st X509_VERIFY_PARAM;
typedef struct x509_object_st X509_OBJECT;
typedef struct x509_lookup_st X509_LOOKUP;
typedef struct stack_st OPENSSL_STACK;
typedef struct asn1_string_st ASN1_STRING;
typedef struct asn1_object_st ASN1_OBJECT;
typedef struct X509_algor_st X509_ALGOR;
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_md_st EVP_MD;
typedef struct engine_st ENGINE;
typedef struct bio_st BIO;
typedef struct bio_method_st BIO_METHOD;
typedef struct ossl_lib_ctx_st OSSL_LIB_CTX;
typedef struct general_name_st GENERAL_NAME;
typedef struct crypto_ex_data_st CRYPTO_EX_DATA;
typedef int openssl_verify_cb(int ok, X509_STORE_CTX *ctx);
typedef int openssl_cert_verify_cb(X509_STORE_CTX *ctx, void *arg);
typedef int openssl_pem_password_cb(char *buf, int size, int rwflag, void *arg);
typedef int openssl_cert_cb(SSL *ssl, void *arg);
typedef void openssl_generic_fn(void);
typedef void openssl_info_cb(const SSL *ssl, int where, int value);
typedef void openssl_msg_cb(int write_p, int version, int content_type, const void *buf, size_t len,
			    SSL *ssl, void *arg);
typedef void openssl_ex_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl,
			     void *argp);
typedef int openssl_ex_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void *from_d, int idx,
			   long argl, void *argp);
typedef void openssl_ex_new(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl,
			    void *argp);

/* For what is made out of api.def: the statements of what is found at once, those of what is later, and a function's field. */
#define API_FIRST_required(...) __VA_ARGS__
#define API_FIRST_optional(...) __VA_ARGS__
#define API_FIRST_later(...)
#define API_LATER_required(...)
#define API_LATER_optional(...)
#define API_LATER_later(...)     __VA_ARGS__
#define API_FIELD_required(name) name
#define API_FIELD_optional(name) name
#define API_FIELD_later(name)    later.name

/* The table of one copy. Field names are OpenSSL's own function names. */
struct openssl {
#define API(lib, need, ret, name, params, also) API_FIRST_##need(ret(*name) params;)
#include "../../shim/openssl/api.def"
#undef API
	struct openssl_later {
#define API(lib, need, ret, name, params, also) API_LATER_##need(ret(*name) params;)
#include "../../shim/openssl/api.def"
#undef API
	} later;                 /* later() */
	atomic_bool later_known; /* it was looked up */
	unsigned long version;   /* OpenSSL_version_num(): 0x30000160 */
	char version_text[48];   /* "OpenSSL 3.0.22" */
	void *ssl_base;          /* load address of libssl; NULL: only libcrypto is known so far */
	void *crypto_base;
	bool complete; /* every required function of libssl is there */
};

/* Of the copy that the table is for. Takes no lock and no memory. */
const struct openssl_later *openssl_look_up_later(const struct openssl *o);
static inline const struct openssl_later *later(const struct openssl *o)
{
	return atomic_load_explicit(&o->later_known, memory_order_acquire)
		   ? &o->later
		   : openssl_look_up_later(o);
}

/* OpenSSL's numbers that hold in all generations that we know (1.0.1 to 4.0). */
enum {
	SSL_CB_READ_ = 0x04,
	SSL_CB_WRITE_ = 0x08,
	SSL_CB_HANDSHAKE_START_ = 0x10,
	SSL_CB_HANDSHAKE_DONE_ = 0x20,
	SSL_CB_CONNECT_EXIT_ = 0x1002,
	SSL_CB_ALERT_ = 0x4000,
	SSL_WANT_NOTHING = 1,
	SSL_WANT_WRITING = 2,
	SSL_WANT_READING = 3,
	SSL_CTRL_SET_MIN_PROTO_ = 123,
	SSL_CTRL_SET_MAX_PROTO_ = 124,
	SSL_CTRL_GET_MIN_PROTO_ = 130,
	SSL_CTRL_GET_MAX_PROTO_ = 131,
	SSL_CTRL_OPTIONS_ = 32,
	SSL_CTRL_CLEAR_OPTIONS_ = 77,
	SSL_CTRL_GET_MAX_CERT_LIST_ = 50,
	SSL_CTRL_SET_MAX_CERT_LIST_ = 51,
	EX_INDEX_SSL = 0,
	EX_INDEX_SSL_CTX = 1,
	EX_INDEX_SSL_SESSION = 2,
	EX_INDEX_X509 = 3,
	EX_INDEX_X509_STORE = 4,
	EX_INDEX_X509_STORE_CTX = 5,
	BIO_FLAG_SHOULD_RETRY = 0x08,
	BIO_CTRL_INFO_ = 3,
	BIO_C_GET_FD_ = 105,
	BIO_C_NREAD0_ = 143,
	BIO_TYPE_DESCRIPTOR_ = 0x100,
	BIO_TYPE_FILTER_ = 0x200,
	ERR_LIB_SYS_ = 2,
	ERR_LIB_SSL_ = 20,
	ERR_LIB_X509_ = 11,
	ERR_LIB_PEM_ = 9,
	ERR_LIB_ASN1_ = 13,
	EXFLAG_BCONS_ = 0x1,
	EXFLAG_CA_ = 0x10,
	EXFLAG_SI_ = 0x20,
	EXFLAG_V1_ = 0x40,
	EXFLAG_INVALID_ = 0x80,
	EXFLAG_SS_ = 0x2000,
	NID_common_name = 13,
	NID_subject_alt_name_ = 85,
	NID_info_access_ = 177,
	NID_ad_ca_issuers_ = 179,
	NID_key_usage_ = 83,
	NID_basic_constraints_ = 87,
	NID_ext_key_usage_ = 126,
	GEN_EMAIL_ = 1,
	GEN_DNS_ = 2,
	GEN_DIRNAME_ = 4,
	GEN_URI_ = 6,
	GEN_IPADD_ = 7,
	X509_LU_X509_ = 1,
	X509_LU_CRL_ = 2,
};

/* For everything of ours that reads PEM, certificates too: any block may be encrypted, and without a callback of its own OpenSSL asks
 * for the passphrase on the host's terminal, and waits. */
int openssl_no_passphrase(char *buf, int size, int writing, void *arg);

/* ---- the error queue ------------------------------------------------------------------------------- */
/* What stands between these two leaves neither an entry nor a gap in the host's error queue, and errno as
 * it was. Around each call that can fail, not around ten: the ring holds 16 (design.md#guest). */
struct quiet {
	int error_number;   /* errno */
	int top, top_flags; /* before 3.0: where the queue ended; top -1: not known */
};
struct quiet openssl_quiet_begin(const struct openssl *o);
void openssl_quiet_end(const struct openssl *o, const struct quiet *q);
/* ... where what was put into the queue meanwhile is to stay, as far as this copy can do so. */
void openssl_quiet_keep(const struct openssl *o, const struct quiet *q);
#define QUIET_BEGIN(o)                                                                             \
	{                                                                                          \
		const struct quiet quiet_ = openssl_quiet_begin(o);
#define QUIET_END(o)                                                                               \
	openssl_quiet_end(o, &quiet_);                                                             \
	}

#endif
