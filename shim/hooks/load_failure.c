/* SPDX-License-Identifier: ISC
 *
 * A load that just failed as evidence: what OpenSSL says of it, and the file itself.
 */
#include <tlsmend/evidence.h>
#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "load.h"

/* Only the end of the queue is this call's own, and it may be all that there is. */
static void last_error(struct evidence *e, const struct openssl *o)
{
	unsigned long code = o->ERR_peek_last_error();
	openssl_error_split(o, code, &e->file_library, &e->ssl_reason);
	e->ssl_reason_text =
	    code ? arena_strdup(&e->arena, o->ERR_reason_error_string(code)) : NULL;
}

struct evidence *load_begin(struct copy *c, enum file_role role, const char *call)
{
	struct evidence *e = record_wanted(LEVEL_ERROR) ? evidence_new(EVENT_LOAD_FAILED) : NULL;
	if (!e)
		return NULL;
	evidence_library(e, copy_api(c));
	e->file_role = role;
	e->file_call = call; /* static */
	last_error(e, copy_api(c));
	return e;
}

struct evidence *load_failure(struct copy *c, enum file_role role, const char *path,
			      const char *call)
{
	struct evidence *e = load_begin(c, role, call);
	if (!e)
		return NULL;
	e->file_path = arena_strdup(&e->arena, path);
	if (e->file_path) {
		evidence_file(e);
		return e;
	}
	evidence_free(e);
	return NULL;
}
/* A cipher or digest that moved to the legacy provider (3.0): a key that was encrypted with it cannot be read, whatever the passphrase.
 * Where the queue was empty before, its first entry says so, and says it of damaged files too; else its last, where that is EVP's own:
 * of an attempt that came before, and failed for another reason, something else is left. */
static bool queue_says_unsupported(const struct openssl *o, bool clean)
{
	enum { UNSUPPORTED = 0x8010c, EVP_LIBRARY = 6 };
	int library, reason;
	openssl_error_split(o, o->ERR_peek_last_error(), &library, &reason);
	if (reason == UNSUPPORTED && library == EVP_LIBRARY)
		return true;
	openssl_error_split(o, o->ERR_peek_error(), &library, &reason);
	return clean && reason == UNSUPPORTED;
}

bool load_queue_is_empty(struct copy *c)
{
	return copy_api(c)->ERR_peek_error() == 0;
}

void load_note_method(struct evidence *e, struct copy *c, bool clean)
{
	enum { PKCS12_LIBRARY = 35, MAC_VERIFY_FAILURE = 113 };
	const bool pkcs12 = e->file_role == FILE_PKCS12 && e->file_form == FORM_PKCS12;
	e->file_wrong_passphrase =
	    pkcs12 && e->file_library == PKCS12_LIBRARY && e->ssl_reason == MAC_VERIFY_FAILURE;
	e->file_method_unsupported =
	    (e->file_old_encryption || pkcs12) && queue_says_unsupported(copy_api(c), clean);
}
