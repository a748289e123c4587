/* SPDX-License-Identifier: ISC
 *
 * No CA certificate at all: where the client looked for them, and what is there.
 */
#include "diagnosis.h"

/* "; SSL_CERT_FILE points to X, which is not there" */
static const char *default_place(struct diagnosis *d, const char *path, bool exists, bool set,
				 const char *variable, const char *what)
{
	struct evidence *e = d->e;
	if (!path || (exists && !set))
		return "";
	return say(e, "; ", set ? variable : what, set ? " points to " : " ", say_string(e, path),
		   exists ? ", from which none came"
		   : set  ? ", which does not exist"
			  : " does not exist",
		   (char *)NULL);
}

static void help_variable(struct diagnosis *d, const char *path, bool wrong, const char *variable)
{
	if (wrong)
		help_line(d, say(d->e, "correct ", variable,
				 " in the environment of this program: ", say_string(d->e, path),
				 " does not exist", (char *)NULL));
}

/* The program asks for no CA certificates of the system, so that what is installed or named for all does not reach it. */
static void say_untouched(struct diagnosis *d)
{
	const struct cert_info *top = top_of_chain(d);
	d->r->why = "this client has loaded no CA certificate at all, and was not seen to ask for "
		    "those of the system (SSL_CERT_FILE, SSL_CERT_DIR) either, so it can trust "
		    "nobody";
	help_line(d, "give the program CA certificates by a setting of its own; if it has none, "
		     "its developers have to have it load those of the system "
		     "(SSL_CTX_set_default_verify_paths(3))");
	if (top && top->self_signed)
		help_put_in_file(d, top, "for this host only, put ");
	else if (top)
		help_wanted_ca(d, top);
}

static void help_system_bundle(struct diagnosis *d, const char *lead)
{
	help_ca(d, lead,
		say(d->e, "ExtraCAFile = ", say_string(d->e, d->e->system_file), (char *)NULL));
}

/* SSL_CERT_FILE names a file that is not there. OpenSSL goes by the directory alone then, and says nothing of it. */
static void say_missing(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	d->r->why = say(e, "SSL_CERT_FILE points to ", say_string(e, e->default_file),
			", which does not exist; OpenSSL says nothing of that, and has looked for ",
			!top               ? "the CA"
			: top->self_signed ? say_subject(e, top)
					   : say_issuer(e, top),
			" in its directory of CA certificates alone, where it does not find it",
			(char *)NULL);
	help_variable(d, e->default_file, true, "SSL_CERT_FILE");
	if (e->system_root && e->system_file)
		help_system_bundle(d, "or name the system's bundle there; for this host only:");
	else if (top && top->self_signed)
		help_put_in_file(d, top, "for this host only, put ");
	else if (top)
		help_wanted_ca(d, top);
}

/* The file that SSL_CERT_FILE names. */
static void say_unusable(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->default_file_denied)
		explain_denied(d);
	d->r->why = say(e, "SSL_CERT_FILE points to ", file_path_text(e, e->file_path),
			", and OpenSSL reads no CA certificate out of it: ",
			e->default_file_denied ? d->r->why : file_form_words(d), (char *)NULL);
	if (e->default_file_denied)
		return;
	if (e->file_form == FORM_DIRECTORY) {
		help_line(d, "name a file in SSL_CERT_FILE; a directory belongs into "
			     "SSL_CERT_DIR, after openssl rehash");
		return;
	}
	help_file_form(d);
	help_line(d, "and name the new file in SSL_CERT_FILE");
	if (e->system_root && e->system_file)
		help_system_bundle(d, "or name the system's bundle there; for this host only:");
}

void explain_no_store(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const bool told = directory_was_given(e) || e->store_unloaded || e->store_untouched;
	if (e->default_file_missing) {
		say_missing(d);
		return;
	}
	if (e->default_file_unusable) {
		say_unusable(d);
		return;
	}
	if (e->store_untouched && !(e->system_root && e->system_file)) {
		say_untouched(d);
		return;
	}
	d->r->why =
	    say(e, "this client has loaded no CA certificate at all, so it can trust nobody",
		told ? ""
		     : default_place(d, e->default_file, e->default_file_exists,
				     e->default_file_set, "SSL_CERT_FILE", "its default file"),
		told ? ""
		     : default_place(d, e->default_dir, e->default_dir_exists, e->default_dir_set,
				     "SSL_CERT_DIR", "its default directory"),
		(char *)NULL);
	help_variable(d, e->default_file,
		      !e->store_untouched && e->default_file_set && !e->default_file_exists,
		      "SSL_CERT_FILE");
	help_variable(d, e->default_dir,
		      !e->store_untouched && e->default_dir_set && !e->default_dir_exists,
		      "SSL_CERT_DIR");
	if (e->system_root && e->system_file) {
		help_system_bundle(
		    d, "point this client to the system's bundle, or for this host only:");
		return;
	}
	if (directory_holder(d))
		return; /* explain_directories() */
	if (directory_was_given(e)) {
		help_line(d, "correct the directory that the client is told to search for CA "
			     "certificates, or give it a file, for example the system's "
			     "/etc/ssl/certs/ca-certificates.crt");
		return;
	}
	help_line(d, "install the package ca-certificates, or point the client to the system's "
		     "bundle, for example with");
	help_line(d, "    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt");
	if (top_of_chain(d))
		help_line(d,
			  say(e, "if ", say_issuer(e, top_of_chain(d)),
			      " is a private CA, it is in no such bundle: get its certificate "
			      "from whoever runs it, compare the fingerprint, and give the client "
			      "that instead",
			      (char *)NULL));
}
