/* SPDX-License-Identifier: ISC
 *
 * Files that the client could not load (causes.md#files). What the file is like decides, not OpenSSL's code: a missing file, an
 * unreadable one and a directory all end as "system lib".
 */
#include "diagnosis.h"

#include <tlsmend/evidence.h>

#include <string.h>

static bool own_certificate_is_weak(const struct evidence *e)
{
	enum {
		CA_KEY_TOO_SMALL = 397,
		CA_MD_TOO_WEAK = 398,
		EE_KEY_TOO_SMALL = 399,
		SSL_LIBRARY = 20
	};
	return e->file_role == FILE_CERTIFICATE && e->file_library == SSL_LIBRARY &&
	       (e->ssl_reason == EE_KEY_TOO_SMALL || e->ssl_reason == CA_KEY_TOO_SMALL ||
		e->ssl_reason == CA_MD_TOO_WEAK);
}

static bool keys_differ(const struct evidence *e)
{
	enum { X509_LIBRARY = 11, KEY_TYPE = 115, KEY_VALUES = 116 };
	return e->file_role == FILE_PAIR ||
	       (e->file_role == FILE_KEY && e->file_library == X509_LIBRARY &&
		(e->ssl_reason == KEY_TYPE || e->ssl_reason == KEY_VALUES));
}

static bool lacks_passphrase(const struct evidence *e)
{
	return e->file_wrong_passphrase ||
	       (e->file_role == FILE_KEY && e->file_has_encrypted_key && e->file_form == FORM_PEM &&
		e->file_bad_line == 0 && !e->file_der_wanted && !e->file_method_unsupported);
}

int evidence_file_depth(const struct evidence *e)
{
	if (e->file_method_unsupported)
		return 2;
	return lacks_passphrase(e) && !keys_differ(e) ? 0 : 1;
}

static enum cause file_cause(const struct evidence *e)
{
	switch (e->system_errno) {
	case 0:
		break;
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case ENAMETOOLONG:
		return CAUSE_FILE_MISSING;
	default:
		return CAUSE_FILE_UNREADABLE;
	}
	if (keys_differ(e))
		return CAUSE_KEY_MISMATCH;
	if (own_certificate_is_weak(e))
		return CAUSE_OWN_CERTIFICATE_WEAK;
	if (e->file_method_unsupported)
		return CAUSE_LEGACY_ENCRYPTION;
	return lacks_passphrase(e) ? CAUSE_BAD_PASSPHRASE : CAUSE_FILE_NOT_PEM;
}

/* ---- key-mismatch, bad-passphrase, own-certificate-weak -------------------------------------------------- */

/* "RSA 2048, SPKI sha256 5A:1B:...": what tells one key from another. NULL: nothing is known of it. */
static const char *key_text(struct diagnosis *d, int i)
{
	struct evidence *e = d->e;
	if (!e->pair_key[i] && !e->have_pair_spki[i])
		return NULL;
	return say(e, say_string(e, e->pair_key[i]),
		   e->pair_key[i] && e->have_pair_spki[i] ? ", " : "",
		   e->have_pair_spki[i] ? "SPKI sha256 " : "",
		   e->have_pair_spki[i] ? say_hex(e, e->pair_spki[i], 32) : "", (char *)NULL);
}

static void explain_pair(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *key = e->file_path ? file_path_text(e, e->file_path) : "KEY";
	const char *certificate = e->file_other ? file_path_text(e, e->file_other) : "CERTIFICATE";
	d->r->message =
	    say(e, "the private key ",
		e->file_path ? say(e, "in ", key, (char *)NULL) : "that this client loaded",
		" does not belong to ",
		e->file_other ? say(e, "the certificate in ", certificate, (char *)NULL)
			      : "its certificate",
		(char *)NULL);
	d->r->why =
	    "the certificate is for another key: mostly one of the two was renewed, and the "
	    "other was not";
	d->r->expected = key_text(d, 0);
	d->r->presented = key_text(d, 1);
	if (d->r->expected)
		note_line(d, say(e, "the certificate's key: ", d->r->expected, (char *)NULL));
	if (d->r->presented)
		note_line(d, say(e, "the private key: ", d->r->presented, (char *)NULL));
	help_line(d, "find the pair: these two print the same for files that belong together:");
	help_line(d, say(e, "    openssl x509 -noout -pubkey -in ", certificate, (char *)NULL));
	help_line(d, say(e, "    openssl pkey -pubout -in ", key, (char *)NULL));
}

/* "PKCS #12 file /x", or what is left to say of one that came out of the program's memory. */
static const char *encrypted_file_text(struct evidence *e)
{
	return say(e, file_role_name(e), " ",
		   e->file_path && *e->file_path ? file_path_text(e, e->file_path)
						 : "that the program read itself",
		   (char *)NULL);
}

/* In a command. */
static const char *encrypted_path_text(struct evidence *e)
{
	return e->file_path && *e->file_path ? file_path_text(e, e->file_path) : "FILE";
}

static void explain_passphrase(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->message =
	    say(e, "cannot load the ", encrypted_file_text(e),
		": it is encrypted, and its passphrase was not given or is wrong", (char *)NULL);
	d->r->why = "the file is whole, but it could not be decrypted with what the client had";
	help_line(d, "give the client the passphrase in its own settings; mind a line break or a "
		     "blank at the end of a passphrase file. Try it with:");
	help_line(d, say(e,
			 e->file_form == FORM_PKCS12 ? "    openssl pkcs12 -noout -in "
						     : "    openssl pkey -noout -in ",
			 encrypted_path_text(e), (char *)NULL));
}

/* The passphrase may be right: OpenSSL 3 moved RC2, RC4, single DES and PKCS #5 v1.5 to a provider that is not loaded by default. */
static void explain_legacy(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *path = encrypted_path_text(e);
	const bool pkcs12 = e->file_role == FILE_PKCS12;
	d->r->message = say(e, "cannot load the ", encrypted_file_text(e),
			    ": it is encrypted in an old way that this OpenSSL does not support "
			    "any more",
			    (char *)NULL);
	d->r->why = "this OpenSSL has no RC2, RC4 or single DES, with which older tools encrypt "
		    "such files; the passphrase may be right";
	d->r->expected = "encryption that OpenSSL 3 knows, as AES-256";
	help_line(d, pkcs12 ? "make it anew on a copy; openssl asks for its passphrase, then for "
			      "new ones:"
			    : "encrypt it anew; openssl asks for the old passphrase, then for a "
			      "new one:");
	help_line(
	    d, pkcs12
		   ? say(e, "    openssl pkcs12 -legacy -in ", path, " -out NEW.pem", (char *)NULL)
		   : say(e, "    openssl pkcs8 -topk8 -provider legacy -provider default -in ",
			 path, " -out NEW.pem", (char *)NULL));
	if (pkcs12)
		help_line(d, "    openssl pkcs12 -export -in NEW.pem -out NEW.p12");
	help_line(d, say(e, "then name ", pkcs12 ? "NEW.p12" : "NEW.pem",
			 " in the client's settings; delete what else was written, which holds the "
			 "key",
			 (char *)NULL));
}

static void explain_weak(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->message =
	    !e->file_path || *e->file_path == '\0'
		? "cannot use this program's own certificate: OpenSSL finds it too weak"
		: say(e, "cannot use the certificate file ", file_path_text(e, e->file_path),
		      ": OpenSSL finds it too weak", (char *)NULL);
	explain_own_weak(d);
}

void explain_load(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->cause = file_cause(e);
	switch (d->r->cause) {
	case CAUSE_FILE_MISSING:
		explain_file_missing(d);
		break;
	case CAUSE_FILE_UNREADABLE:
		explain_file_unreadable(d);
		break;
	case CAUSE_KEY_MISMATCH:
		explain_pair(d);
		break;
	case CAUSE_BAD_PASSPHRASE:
		explain_passphrase(d);
		break;
	case CAUSE_LEGACY_ENCRYPTION:
		explain_legacy(d);
		break;
	case CAUSE_OWN_CERTIFICATE_WEAK:
		explain_weak(d);
		break;
	default:
		explain_file_form(d);
		break;
	}
	if (e->file_call)
		note_line(d,
			  say(e, "the call: ", e->file_call, "()", e->ssl_reason_text ? ": " : "",
			      say_string(e, e->ssl_reason_text), (char *)NULL));
}
