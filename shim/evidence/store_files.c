/* SPDX-License-Identifier: ISC
 *
 * Files of the client's store, looked at once more: one that was renewed after the client had read it, and one out of which OpenSSL reads
 * nothing and does not say so.
 */
#include <errno.h>

#include "certificate.h"
#include <tlsmend/versions.h>

/* What would have been taken, had it been there when the client read the file. */
struct wanted {
	const struct openssl *o;
	X509 *top; /* whose issuer was not found */
};

static bool would_do(void *arg, X509 *x)
{
	const struct wanted *w = arg;
	const struct openssl *o = w->o;
	int code = -1;
	if (o->X509_cmp(x, w->top) == 0)
		return true;
	if (o->X509_NAME_cmp(o->X509_get_subject_name(x), o->X509_get_issuer_name(w->top)) != 0)
		return false;
	QUIET_BEGIN(o)
	code = o->X509_check_issued(x, w->top);
	QUIET_END(o)
	return code == 0;
}

/* What the client did read is no news, whyever OpenSSL made nothing of it. True also where the store cannot be looked into. */
static bool is_in_store(const struct openssl *o, X509_STORE *store, X509 *x)
{
	bool found = false;
	if (!store || !later(o)->X509_STORE_get0_objects || !later(o)->X509_OBJECT_get_type ||
	    !later(o)->X509_OBJECT_get0_X509 || !later(o)->X509_STORE_lock ||
	    !later(o)->X509_STORE_unlock || later(o)->X509_STORE_lock(store) != 1)
		return true;
	OPENSSL_STACK *objects = later(o)->X509_STORE_get0_objects(store);
	for (int i = objects ? o->OPENSSL_sk_num(objects) - 1 : -1; i >= 0 && !found; i--) {
		X509_OBJECT *object = o->OPENSSL_sk_value(objects, i);
		found = later(o)->X509_OBJECT_get_type(object) == X509_LU_X509_ &&
			o->X509_NAME_cmp(
			    o->X509_get_subject_name(later(o)->X509_OBJECT_get0_X509(object)),
			    o->X509_get_subject_name(x)) == 0 &&
			o->X509_cmp(later(o)->X509_OBJECT_get0_X509(object), x) == 0;
	}
	later(o)->X509_STORE_unlock(store);
	return found;
}

/* To the end, and each certificate of it: OpenSSL takes nothing of a file with a fault. */
static bool is_read_by_openssl(struct evidence *e, const struct openssl *o, const char *path)
{
	enum { FILE_LIMIT = 1024 * 1024, BYTES_A_UNIT = 50, NO_START_LINE = 108 };
	int library = 0, reason = 0;
	struct file_status status;
	struct buf text;
	BIO *bio = NULL;
	X509 *x = NULL;
	if (file_status(path, &status) != 0 ||
	    !evidence_afford(e, LOOK_FILES, (unsigned)(status.size / BYTES_A_UNIT)))
		return true;
	buf_init(&text, 0);
	QUIET_BEGIN(o)
	if (file_read(path, FILE_LIMIT, &text, NULL, NULL, NULL) == 0)
		bio = o->BIO_new_mem_buf(buf_str(&text), (int)text.len);
	while (bio && (x = o->PEM_read_bio_X509(bio, NULL, openssl_no_passphrase, NULL)) != NULL)
		o->X509_free(x);
	openssl_error_split(o, o->ERR_peek_last_error(), &library, &reason);
	if (bio)
		o->BIO_free(bio);
	QUIET_END(o)
	buf_free(&text);
	return library == ERR_LIB_PEM_ && reason == NO_START_LINE;
}

/* Nothing in it that OpenSSL reads. An empty one may be meant, beside a directory. */
static bool is_unusable(struct evidence *e, const struct openssl *o)
{
	switch (e->file_form) {
	case FORM_UNKNOWN:
	case FORM_SPECIAL:
		return false;
	case FORM_EMPTY:
		return !e->default_dir_set || !e->store_has_lookups;
	case FORM_PEM:
		return !e->file_has_certificate || !is_read_by_openssl(e, o, e->default_file);
	default:
		return true;
	}
}

/* Nobody was told whether OpenSSL could read its default file. */
static bool was_read(struct evidence *e, const struct openssl *o, const char *path)
{
	return path != e->default_file || is_read_by_openssl(e, o, path);
}

static void find_renewed(struct evidence *e, const struct openssl *o, X509 *top, X509_STORE *store)
{
	struct wanted w = {o, top};
	const struct look_for wanted = {o->X509_get_issuer_name(top), would_do, &w};
	struct cert_info *info;
	for (size_t i = 0; i < e->store_file_count && !e->renewed_file; i++) {
		X509 *x = evidence_from_file(e, o, &wanted, e->store_files[i]);
		info = x && !is_in_store(o, store, x) && was_read(e, o, e->store_files[i])
			   ? arena_alloc(&e->arena, sizeof *info)
			   : NULL;
		if (info) {
			evidence_certificate(e, o, x, FROM_STORE, info);
			e->renewed = info;
			e->renewed_file = e->store_files[i];
		}
		if (x)
			o->X509_free(x);
	}
}

/* OpenSSL does not say that it could not use the file that SSL_CERT_FILE names. */
static void look_at_default_file(struct evidence *e, const struct openssl *o)
{
	if (e->anchor_count != 0 || !e->default_file_asked || !e->default_file_set ||
	    !evidence_afford(e, LOOK_FILES, 200))
		return;
	e->file_role = FILE_CA;
	e->file_path = e->default_file;
	evidence_file(e);
	e->default_file_denied = e->system_errno == EACCES || e->system_errno == EPERM;
	e->default_file_missing = (e->system_errno == ENOENT || e->system_errno == ENOTDIR) &&
				  e->directory_count > 0 && e->default_dir_exists;
	e->default_file_unusable = e->default_file_denied || e->default_file_missing ||
				   (e->system_errno == 0 && is_unusable(e, o));
	e->system_errno = 0;
}

void evidence_store_files(struct evidence *e, const struct openssl *o, X509 *top,
			  const struct cert_info *info, X509_STORE *store)
{
	look_at_default_file(e, o);
	if (info->from == FROM_PRESENTED && !info->trusted_by_client && !e->default_file_unusable)
		find_renewed(e, o, top, store);
}
