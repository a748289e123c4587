/* SPDX-License-Identifier: ISC
 *
 * Files that the client could not load (CAUSES 3). What the file is like decides, not OpenSSL's code: a missing file, an
 * unreadable one and a directory all end as "system lib".
 */
#include "diagnosis.h"

#include <string.h>

static const char *role_name(const struct evidence *e)
{
	static const char *const names[] = {
	    [FILE_CA] = "CA file",
	    [FILE_CERTIFICATE] = "certificate file",
	    [FILE_KEY] = "key file",
	    [FILE_PAIR] = "key file",
	};
	return names[e->file_role];
}

static const char *path_text(struct evidence *e, const char *path)
{
	struct buf b;
	const char *s;

	buf_init(&b, 4096);
	if (path != NULL)
		escape_text(&b, path, strlen(path), 1024);
	s = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return s != NULL ? s : "";
}

static bool own_certificate_is_weak(const struct evidence *e)
{
	enum {
		EE_KEY_TOO_SMALL = 397,
		CA_KEY_TOO_SMALL = 398,
		CA_MD_TOO_WEAK = 399,
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
	if (e->file_role == FILE_KEY && e->file_has_encrypted_key && e->file_form != FORM_PEM_CUT &&
	    !e->file_der_wanted)
		return CAUSE_BAD_PASSPHRASE;
	return CAUSE_FILE_NOT_PEM;
}

/* ---- file-missing ------------------------------------------------------------------------------------ */

static void explain_missing(struct diagnosis *d)
{
	struct evidence *e = d->e;

	d->r->message = say(e, "cannot load the ", role_name(e), " ", path_text(e, e->file_path),
			    ": it is not there", (char *)NULL);
	if (e->file_denier != NULL && e->file_denier_is_directory)
		d->r->why = say(e, "the directory ", path_text(e, e->file_denier),
				" on the way: ", errno_text(e->system_errno), (char *)NULL);
	else if (e->file_denier != NULL && e->file_path != NULL &&
		 strcmp(e->file_denier, e->file_path) != 0)
		d->r->why = say(e, "it is a symbolic link to ", path_text(e, e->file_denier),
				", which is not there", (char *)NULL);
	else
		d->r->why = say(e, "the client asked for it, and this process sees no such file",
				(char *)NULL);
	if (e->file_cwd != NULL)
		d->r->why = say(e, d->r->why, "; the path is relative to ",
				path_text(e, e->file_cwd), (char *)NULL);
	help_line(d,
		  "correct the path in the client's settings, or put the file there; mind chroots, "
		  "containers and working directories");
}

/* ---- file-unreadable ---------------------------------------------------------------------------------- */

static const char *octal(struct evidence *e, uint32_t mode)
{
	char s[5] = {(char)('0' + (mode >> 9 & 7)), (char)('0' + (mode >> 6 & 7)),
		     (char)('0' + (mode >> 3 & 7)), (char)('0' + (mode & 7)), '\0'};

	return say(e, s, (char *)NULL);
}

/* What the mode alone allows; groups are told to the reader, who knows them by name. */
static bool mode_would_do(const struct evidence *e)
{
	const uint32_t bit = e->file_denier_is_directory ? 1 : 4;

	if (e->file_uid == e->file_owner)
		return (e->file_mode >> 6 & bit) != 0;
	if (e->file_gid == e->file_group)
		return (e->file_mode >> 3 & bit) != 0;
	return (e->file_mode & bit) != 0;
}

static const char *denier_text(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *what = say(e, e->file_denier_is_directory ? "the directory " : "the file ",
			       path_text(e, e->file_denier), (char *)NULL);

	if (!e->file_denier_known)
		return what;
	return say(e, what, " belongs to user ", say_int(e, e->file_owner), " and group ",
		   say_int(e, e->file_group), " and has mode ", octal(e, e->file_mode),
		   (char *)NULL);
}

static void explain_unreadable(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const bool denied = e->system_errno == EACCES || e->system_errno == EPERM;
	const char *uid = say_int(e, e->file_uid), *path = path_text(e, e->file_denier);

	d->r->message = say(
	    e, "cannot load the ", role_name(e), " ", path_text(e, e->file_path), ": ",
	    denied ? "this process may not read it" : errno_text(e->system_errno), (char *)NULL);
	if (!denied)
		return;
	d->r->why =
	    say(e, denier_text(d),
		e->file_denier_is_directory ? ", and may not be entered" : ", and may not be read",
		" by this process, which runs as user ", uid, ", groups ",
		say_string(e, e->file_groups), (char *)NULL);
	if (e->file_denier_known && mode_would_do(e)) {
		help_line(
		    d, "the mode would allow it: look at access lists (getfacl), AppArmor, SELinux "
		       "and the service's sandbox");
		return;
	}
	help_line(d, say(e, "let user ", uid,
			 e->file_denier_is_directory ? " enter the directory" : " read it",
			 ", for example:", (char *)NULL));
	help_line(d, say(e, "    setfacl -m u:", uid, e->file_denier_is_directory ? ":x " : ":r ",
			 path, (char *)NULL));
	if (e->file_role == FILE_KEY || e->file_role == FILE_PAIR)
		help_line(d, "no others: whoever can read the key can pass for this client");
}

/* ---- file-not-pem ------------------------------------------------------------------------------------- */

static bool wants_key(const struct evidence *e)
{
	return e->file_role == FILE_KEY || e->file_role == FILE_PAIR;
}

static bool is_swapped(const struct evidence *e)
{
	return wants_key(e) ? e->file_has_certificate && !e->file_has_key
			    : e->file_has_key && !e->file_has_certificate;
}

static const char *what_it_is(struct diagnosis *d)
{
	struct evidence *e = d->e;

	switch (e->file_form) {
	case FORM_EMPTY:
		return "it is empty";
	case FORM_DIRECTORY:
		return "it is a directory";
	case FORM_SPECIAL:
		return "it is no regular file";
	case FORM_PEM_CUT:
		return "it is cut off: its last PEM block has no end";
	case FORM_DER_CUT:
		return "it is DER (binary), and cut off";
	case FORM_PKCS12:
		return "it is a PKCS #12 file (.p12, .pfx)";
	case FORM_TEXT:
		return "it is text without any PEM block";
	case FORM_UTF16:
		return "it is UTF-16 text, which a Windows editor wrote";
	case FORM_BINARY:
		return "it is binary, and no certificate";
	default:
		break;
	}
	if (is_swapped(e))
		return wants_key(e) ? "it holds a certificate, not a key"
				    : "it holds a key, not a certificate";
	if (e->file_form == FORM_DER)
		return e->file_der_wanted ? "its DER form is damaged, or of another kind"
					  : "it is DER (binary), not PEM";
	if (e->file_form == FORM_PEM && e->file_der_wanted)
		return "it is PEM, and the client asked for DER";
	if (wants_key(e) ? e->file_has_key : e->file_has_certificate)
		return "a PEM block in it is damaged";
	return e->file_blocks != NULL
		   ? say(e, "it holds something else: ", e->file_blocks, (char *)NULL)
		   : "OpenSSL could not use it";
}

static void help_form(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *path = path_text(e, e->file_path), *kind = wants_key(e) ? "pkey" : "x509";

	if (is_swapped(e)) {
		help_line(
		    d,
		    e->file_role == FILE_CA
			? "give the client the CA's certificate, and keep the key where only its "
			  "owner reads it"
			: "certificate and key were probably swapped in the client's settings");
	} else if (e->file_form == FORM_DER && !e->file_der_wanted) {
		help_line(d, "convert it:");
		help_line(d, say(e, "    openssl ", kind, " -inform DER -in ", path,
				 " -out NEW.pem", (char *)NULL));
	} else if (e->file_form == FORM_PKCS12) {
		help_line(d, "convert it:");
		help_line(d, say(e, "    openssl pkcs12 -in ", path,
				 wants_key(e) ? " -nocerts" : " -nokeys", " -out NEW.pem",
				 (char *)NULL));
	} else if (e->file_form == FORM_DIRECTORY) {
		help_line(
		    d,
		    e->file_role == FILE_CA
			? "give it as a directory (curl: --capath) after openssl rehash, or name a "
			  "file in it"
			: "name a file in it");
	} else {
		help_line(d, "get the file again from where it came, in PEM form");
	}
}

static void explain_form(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *size = say(e, say_int(e, (int64_t)e->file_size), " bytes", (char *)NULL);

	d->r->message = say(e, "cannot load the ", role_name(e), " ", path_text(e, e->file_path),
			    ": ", what_it_is(d), (char *)NULL);
	d->r->why = e->file_form == FORM_DIRECTORY || e->file_form == FORM_SPECIAL
			? NULL
			: say(e, size, e->file_blocks != NULL ? ", PEM blocks: " : "",
			      say_string(e, e->file_blocks), (char *)NULL);
	help_form(d);
}

/* ---- key-mismatch, bad-passphrase, own-certificate-weak -------------------------------------------------- */

static void explain_pair(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *certificate = e->file_other != NULL ? path_text(e, e->file_other)
							: "the certificate that was loaded before";
	const char *const *label = (const char *const[]){"certificate's key", "private key's"};
	int i;

	d->r->message = say(e, "the key file ", path_text(e, e->file_path), " does not belong to ",
			    certificate, (char *)NULL);
	d->r->why = "the public key in the certificate is not that of the private key";
	for (i = 0; i < 2; i++) {
		if (e->have_pair_spki[i])
			note_line(d, say(e, label[i], " SPKI sha256: ",
					 say_hex(e, e->pair_spki[i], 32), (char *)NULL));
	}
	help_line(d, "find the pair: these two print the same for files that belong together:");
	help_line(d, say(e, "    openssl x509 -noout -pubkey -in ",
			 e->file_other != NULL ? certificate : "CERTIFICATE", (char *)NULL));
	help_line(
	    d, say(e, "    openssl pkey -pubout -in ", path_text(e, e->file_path), (char *)NULL));
}

static void explain_passphrase(struct diagnosis *d)
{
	d->r->message =
	    say(d->e, "cannot load the key file ", path_text(d->e, d->e->file_path),
		": it is encrypted, and its passphrase was not given or is wrong", (char *)NULL);
	help_line(
	    d, "give the client the passphrase in its own settings, or store the key without one, "
	       "readable by the service's user only");
}

static void explain_weak(struct diagnosis *d)
{
	struct evidence *e = d->e;

	d->r->message = say(e, "cannot use the certificate file ", path_text(e, e->file_path),
			    ": OpenSSL finds it too weak", (char *)NULL);
	d->r->why = e->ssl_reason_text != NULL ? say_string(e, e->ssl_reason_text) : NULL;
	help_line(d, "have it issued again, with RSA 2048 bits or P-256 and SHA-256");
}

void explain_load(struct diagnosis *d)
{
	struct evidence *e = d->e;

	d->r->cause = file_cause(e);
	switch (d->r->cause) {
	case CAUSE_FILE_MISSING:
		explain_missing(d);
		break;
	case CAUSE_FILE_UNREADABLE:
		explain_unreadable(d);
		break;
	case CAUSE_KEY_MISMATCH:
		explain_pair(d);
		break;
	case CAUSE_BAD_PASSPHRASE:
		explain_passphrase(d);
		break;
	case CAUSE_OWN_CERTIFICATE_WEAK:
		explain_weak(d);
		break;
	default:
		explain_form(d);
		break;
	}
	if (e->file_call != NULL)
		note_line(d, say(e, "the call: ", e->file_call, "()",
				 e->ssl_reason_text != NULL ? ": " : "",
				 say_string(e, e->ssl_reason_text), (char *)NULL));
}
