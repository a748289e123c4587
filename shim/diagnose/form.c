/* SPDX-License-Identifier: ISC
 *
 * Files that are there and can be read, but do not hold what the client wants in the form that it wants.
 */
#include "diagnosis.h"

#include <string.h>

static bool wants_key(const struct evidence *e)
{
	return e->file_role == FILE_KEY || e->file_role == FILE_PAIR;
}

/* What the role asks for. */
static const struct kind {
	const char *what, *form, *label;
} certificate_kind = {"a certificate", "PEM form", "CERTIFICATE"},
  key_kind = {"a private key", "PEM form", "PRIVATE KEY"},
  crl_kind = {"a revocation list (CRL)", "PEM form", "X509 CRL"},
  pkcs12_kind = {"a certificate with its key", "PKCS #12 (binary) form", NULL};

static const struct kind *wanted_kind(const struct evidence *e)
{
	if (e->file_role == FILE_CRL)
		return &crl_kind;
	if (e->file_role == FILE_PKCS12)
		return &pkcs12_kind;
	return wants_key(e) ? &key_kind : &certificate_kind;
}

static bool is_swapped(const struct evidence *e)
{
	if (e->file_role == FILE_CRL || e->file_role == FILE_PKCS12)
		return false;
	return wants_key(e) ? e->file_has_certificate && !e->file_has_key
			    : e->file_has_key && !e->file_has_certificate;
}

static bool has_block(const struct evidence *e, const char *label)
{
	return e->file_blocks && strstr(e->file_blocks, label);
}

static const struct {
	char what[64], help[128], command[48];
} forms[] = {
#define FORM(form, what, help, command) [FORM_##form] = {what, help, command},
#include "forms.def"
#undef FORM
};

static const char *kind_of_damage(struct evidence *e)
{
	if (e->file_bad_line != 0)
		return say(e, "a PEM block in it is damaged, at line ",
			   say_int(e, e->file_bad_line), (char *)NULL);
	return "a PEM block in it is damaged";
}

static const char *swapped_text(const struct evidence *e)
{
	if (wants_key(e))
		return "it holds a certificate, not a key";
	return "it holds a key, not a certificate";
}

const char *file_form_words(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->file_form == FORM_DIRECTORY)
		return "it is a directory";
	if (e->file_role == FILE_PKCS12 && e->file_form == FORM_PKCS12)
		return "OpenSSL cannot use what is in it";
	if (e->file_role == FILE_PKCS12 && e->file_form == FORM_DER)
		return "it is DER (binary), but not PKCS #12";
	if (e->file_role == FILE_PKCS12 && e->file_form == FORM_PEM)
		return "it is PEM, not PKCS #12";
	if (e->file_role == FILE_CRL && e->file_has_certificate && !has_block(e, "X509 CRL"))
		return "it holds a certificate, not a revocation list";
	if (e->file_form == FORM_PKCS12)
		return "it is a PKCS #12 file (.p12, .pfx)";
	if ((size_t)e->file_form < ARRAY_LENGTH(forms) && forms[e->file_form].what[0])
		return forms[e->file_form].what;
	if (is_swapped(e))
		return swapped_text(e);
	if (e->file_form == FORM_DER && !e->file_der_wanted)
		return e->file_has_encrypted_key ? "it is DER (binary), not PEM, and encrypted"
						 : "it is DER (binary), not PEM";
	if (e->file_form == FORM_DER)
		return e->file_has_encrypted_key
			   ? "it is an encrypted key in DER, which OpenSSL loads in PEM only"
			   : "its DER form is damaged, or of another kind";
	if (e->file_form == FORM_PEM && e->file_der_wanted)
		return "it is PEM, and the client asked for DER";
	if (wants_key(e) && has_block(e, "OPENSSH PRIVATE KEY"))
		return "it is a key in OpenSSH's own form, which OpenSSL does not read";
	if (!wants_key(e) && has_block(e, "REQUEST"))
		return "it is a certificate request, not a certificate";
	if (wants_key(e) && has_block(e, "PUBLIC KEY"))
		return "it is a public key, not the private one";
	if (!wants_key(e) && has_block(e, "PKCS7"))
		return "it is a PKCS #7 file (.p7b, .p7c)";
	if (e->file_role == FILE_CRL && has_block(e, "X509 CRL"))
		return kind_of_damage(e);
	if (wants_key(e) ? e->file_has_key : e->file_has_certificate)
		return kind_of_damage(e);
	return e->file_blocks ? say(e, "it holds something else: ", e->file_blocks, (char *)NULL)
			      : "OpenSSL could not use it";
}

static void help_command(struct diagnosis *d, const char *command, const char *rest)
{
	help_line(d, say(d->e, "    ", command, file_path_text(d->e, d->e->file_path), rest,
			 (char *)NULL));
}

static void help_directory(struct diagnosis *d)
{
	if (d->e->file_role == FILE_CA)
		help_line(d,
			  "give it as a directory (curl: --capath) after openssl rehash, or name "
			  "a file in it");
	else
		help_line(d, "name a file in it");
}

static void help_swapped(struct diagnosis *d)
{
	if (d->e->file_role == FILE_CA)
		help_line(d,
			  "give the client the CA's certificate, and keep the key where only its "
			  "owner reads it");
	else if (wants_key(
		     d->e)) /* many clients look for the key there where they were given none */
		help_line(
		    d, "name the key's own file as the key in the client's settings, or append the "
		       "key to this file; if certificate and key were swapped there, correct that");
	else
		help_line(
		    d,
		    "certificate and key were probably swapped in the client's settings: correct "
		    "them");
}

static void help_convert(struct diagnosis *d)
{
	struct evidence *e = d->e;
	help_line(d, "convert it:");
	if (e->file_form == FORM_PKCS12)
		help_command(d, "openssl pkcs12 -in ",
			     wants_key(e) ? " -nocerts -out NEW.pem" : " -nokeys -out NEW.pem");
	else if (e->file_form == FORM_DER)
		help_command(d,
			     wants_key(e) ? "openssl pkey -inform DER -in "
					  : "openssl x509 -inform DER -in ",
			     " -out NEW.pem");
	else
		help_command(d, "openssl pkcs7 -print_certs -in ", " -out NEW.pem");
}

/* The block that is wanted around what the file has. */
static void help_base64(struct diagnosis *d)
{
	const char *label = wanted_kind(d->e)->label;
	if (!label) {
		help_line(d, "get the file again from where it came");
		return;
	}
	help_line(d, say(d->e, "put the line -----BEGIN ", label,
			 "----- before it and the line -----END ", label, "----- after it",
			 (char *)NULL));
}

/* The text editors' and converters' ways for what is PEM, but not the right one. */
static void help_pem(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->file_form == FORM_PEM && e->file_der_wanted)
		help_line(d,
			  "tell the client that the file is PEM (curl: --cert-type PEM, --key-type "
			  "PEM)");
	else if (wants_key(e) && has_block(e, "OPENSSH PRIVATE KEY")) {
		help_line(d, "use the key that the certificate was issued for; if it is this one, "
			     "convert a copy of it:");
		help_line(d, "    ssh-keygen -p -m PKCS8 -f COPY");
	} else if (!wants_key(e) && has_block(e, "REQUEST") && !e->file_has_certificate)
		help_line(d,
			  "the request is what was sent to the CA: use the certificate that the CA "
			  "sent back");
	else if (wants_key(e) && has_block(e, "PUBLIC KEY") && !e->file_has_key)
		help_line(d, "use the private key that was made together with it");
	else
		help_line(d, "get the file again from where it came, in PEM form");
}

static void help_pkcs12(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->file_form == FORM_PEM) {
		help_line(d,
			  "tell the client that the file is PEM (curl: --cert-type PEM), or make a "
			  "PKCS #12 file of certificate and key:");
		help_line(d, "    openssl pkcs12 -export -in CERTIFICATE -inkey KEY -out NEW.p12");
	} else {
		help_line(d,
			  "get the file again from where it came, in PKCS #12 form (.p12, .pfx)");
	}
}

void help_file_form(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const size_t form = (size_t)e->file_form;
	if (e->file_form == FORM_DIRECTORY)
		help_directory(d);
	else if (e->file_role == FILE_PKCS12)
		help_pkcs12(d);
	else if (e->file_form == FORM_BASE64)
		help_base64(d);
	else if (form < ARRAY_LENGTH(forms) && forms[form].help[0]) {
		help_line(d, forms[form].help);
		if (forms[form].command[0])
			help_command(d, forms[form].command,
				     e->file_form == FORM_UTF16 ? " > NEW.pem" : " -out NEW.pem");
	} else if (is_swapped(e) && e->file_form != FORM_PKCS12)
		help_swapped(d);
	else if (e->file_form == FORM_PKCS12 || (e->file_form == FORM_DER && !e->file_der_wanted) ||
		 (!wants_key(e) && has_block(e, "PKCS7")))
		help_convert(d);
	else
		help_pem(d);
}

/* What was expected, against what is there. */
static const char *expected_text(struct diagnosis *d)
{
	struct evidence *e = d->e;
	return say(e, wanted_kind(e)->what, " in ",
		   e->file_der_wanted ? "DER (binary) form" : wanted_kind(e)->form, (char *)NULL);
}

static const char *presented_text(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->file_form == FORM_DIRECTORY || e->file_form == FORM_SPECIAL)
		return NULL;
	return say(e, say_int(e, (int64_t)e->file_size), " bytes",
		   e->file_blocks ? " and these PEM blocks: " : "", say_string(e, e->file_blocks),
		   (char *)NULL);
}

void explain_file_form(struct diagnosis *d)
{
	struct evidence *e = d->e;
	struct record *r = d->r;
	r->message = say(e, "cannot load the ", file_role_name(e), " ",
			 file_path_text(e, e->file_path), ": ", file_form_words(d), (char *)NULL);
	r->expected = expected_text(d);
	r->presented = presented_text(d);
	r->why = say(e, "the client wants ", r->expected, (char *)NULL);
	if (!e->file_der_wanted && wanted_kind(e)->label)
		r->why = say(e, r->why, ", which begins with the line -----BEGIN ",
			     wanted_kind(e)->label, "-----", (char *)NULL);
	if (r->presented)
		r->why = say(e, r->why, "; the file has ", r->presented, (char *)NULL);
	help_file_form(d);
}
