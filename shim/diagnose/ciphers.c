/* SPDX-License-Identifier: ISC
 *
 * Ciphers: a list that leaves nothing, and an offer that the server refused as a whole (causes.md#handshake).
 */
#include "diagnosis.h"

#include <string.h>

enum { TLS_1_2 = 0x0303, TLS_1_3 = 0x0304, REASON_NO_CIPHER_MATCH = 185 };
enum { FEW_CIPHERS = 4, FEW_GROUPS = 2, FEW_SIGNATURES = 2 };

/* ---- no-ciphers: a string that OpenSSL refused ---------------------------------------------------------------- */

static bool is_list_of_suites(const struct evidence *e)
{
	return e->cipher_call && strstr(e->cipher_call, "ciphersuites");
}

/* "FOO", "BAR" */
static const char *unknown_parts(struct diagnosis *d, const char **first_suite)
{
	struct evidence *e = d->e;
	const char *list = "";
	for (size_t i = 0; i < e->cipher_unknown_count; i++) {
		const char *part = e->cipher_unknown[i];
		if (!part)
			continue;
		if (!*first_suite && strncmp(part, "TLS_", 4) == 0)
			*first_suite = part;
		list = say(e, list, *list != '\0' ? ", " : "", "\"", say_string(e, part), "\"",
			   (char *)NULL);
	}
	return list;
}

static void explain_refused_string(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *suite = NULL, *unknown = unknown_parts(d, &suite);
	const char *kind = is_list_of_suites(e) ? "list of TLS 1.3 ciphersuites" : "cipher list";
	const char *fault = e->ssl_reason == REASON_NO_CIPHER_MATCH || !e->ssl_reason_text
				? "leaves no cipher"
				: say(e, "is not understood by OpenSSL (",
				      say_string(e, e->ssl_reason_text), ")", (char *)NULL);
	/* perhaps it is a server: nobody knows before the handshake */
	d->r->message = say(e, "no TLS connection is possible with the ", kind,
			    " that this program sets", (char *)NULL);
	d->r->why =
	    say(e, "\"", say_string(e, e->cipher_string), "\" ", fault,
		*unknown != '\0' ? "; this OpenSSL does not know " : "", unknown,
		*unknown != '\0' ? "," : "", " and the program gave up on it", (char *)NULL);
	d->r->presented = say_string(e, e->cipher_string);
	help_line(
	    d, is_list_of_suites(e)
		   ? "correct the list in the program's settings; `openssl ciphers -s -tls1_3` "
		     "shows the names that OpenSSL knows"
		   : "correct the list in the program's settings, or take it out there, so that "
		     "OpenSSL's own counts; `openssl ciphers -v ALL` shows the names that OpenSSL "
		     "knows");
	if (suite && !is_list_of_suites(e))
		note_line(
		    d, say(e, "names that begin with TLS_, as \"", say_string(e, suite),
			   "\", are written so for TLS 1.3 only, in a setting of their own "
			   "(Ciphersuites; curl: --tls13-ciphers); `openssl ciphers -stdname ALL` "
			   "shows OpenSSL's own names beside those of older versions",
			   (char *)NULL));
}

/* ---- no-ciphers: OpenSSL itself has none ------------------------------------------------------------------------- */

static void explain_no_algorithms(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *conf = e->ciphers_by.place ? say_string(e, e->ciphers_by.place) : "openssl.cnf";
	d->r->message = "no TLS connection is possible: OpenSSL has no cipher in this program";
	d->r->why =
	    say(e, e->cipher_call, "() failed, since none of the providers that OpenSSL has ",
		"loaded has the algorithms of TLS: those that ", conf,
		" names could not be loaded, or lack them, or it demands others "
		"(default_properties, as fips=yes) than they have",
		(char *)NULL);
	help_line(d, say(e, "look which providers are loaded; what ", conf,
			 " activates and is not listed has no module in the directory that the "
			 "second line shows, or no configuration of its own (fipsmodule.cnf):",
			 (char *)NULL));
	help_line(d, say(e, "    OPENSSL_CONF=", conf, " openssl list -providers", (char *)NULL));
	help_line(d, "    openssl version -m");
	help_line(
	    d, "where it activates the provider \"legacy\", or another one, it has to activate the "
	       "one called \"default\" as well: without a file that comes by itself, with "
	       "one it does not");
	help_line(d, "install that module, or correct the file; where it is not meant for this "
		     "program, correct OPENSSL_CONF in the program's environment");
}

/* ---- no-ciphers: nothing left in the handshake ------------------------------------------------------------------ */

/* "the cipher list "X" (set by ...)" */
static const char *list_words(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *by = set_by(d, &e->ciphers_by);
	if (!e->cipher_string)
		return "the cipher list";
	return say(e, "the cipher list \"", say_string(e, e->cipher_string), "\"", by ? " (" : "",
		   by ? by : "", by ? ")" : "", e->cipher_refused ? ", which OpenSSL refused" : "",
		   (char *)NULL);
}

static void help_ciphers(struct diagnosis *d)
{
	enum { USUAL_LEVEL = 2 };
	struct evidence *e = d->e;
	const struct origin *by = &e->ciphers_by;
	const char *line = e->security_level > USUAL_LEVEL ? "CipherString = DEFAULT:@SECLEVEL=2"
							   : "CipherString = DEFAULT";
	if (by->place)
		help_line(d, say(e, "correct it in ", say_string(e, by->place),
				 "; `openssl ciphers -s -v 'STRING'` shows what a list comes to",
				 (char *)NULL));
	else
		help_setting(d, "correct it in the client's settings",
			     ", or here, for this host only:", line, (char *)NULL);
}

void explain_no_ciphers(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->cipher_call && !e->cipher_string) {
		explain_no_algorithms(d);
		return;
	}
	if (e->cipher_call) {
		explain_refused_string(d);
		return;
	}
	if (explain_no_offer(d))
		return;
	d->r->message = say(e, "cannot connect to ", d->who,
			    ": the client's settings leave no cipher to offer", (char *)NULL);
	d->r->presented = say(e, list_words(d), "; ", security_level(d), (char *)NULL);
	if (e->min_offered >= TLS_1_3) {
		d->r->why =
		    say(e, "the client only allows TLS 1.3, and no ciphersuite of it",
			e->ciphersuites ? "; its list is \"" : "", say_string(e, e->ciphersuites),
			e->ciphersuites ? "\"" : "", (char *)NULL);
		help_setting(
		    d, "correct it in the client's settings", ", or here, for this host only:",
		    "Ciphersuites = TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256", (char *)NULL);
		return;
	}
	d->r->why = say(e, "of ", list_words(d), ", ", security_level(d),
			" allows none for the highest version that the client offers",
			e->max_offered != 0 ? ", " : "",
			e->max_offered != 0 ? say_version(e, e->max_offered) : "", (char *)NULL);
	help_ciphers(d);
}

/* ---- handshake-refused ------------------------------------------------------------------------------------------ */

static const char *count(struct evidence *e, unsigned n, const char *one)
{
	return say(e, say_int(e, n), " ", one, n == 1 ? "" : "s", (char *)NULL);
}

/* Adds to a list that begins as NULL. */
static void item(struct diagnosis *d, const char **list, const char *s)
{
	*list = say(d->e, *list ? *list : "", *list ? "; " : "", s, (char *)NULL);
}

static bool has_few_groups(const struct hello *h)
{
	return h->groups > 0 && h->groups <= FEW_GROUPS;
}

static bool has_few_signatures(const struct hello *h)
{
	return h->signatures > 0 && h->signatures <= FEW_SIGNATURES;
}

static bool has_few_ciphers(const struct hello *h)
{
	return h->min_version < TLS_1_3 && h->ciphers - h->ciphers13 <= FEW_CIPHERS;
}

static bool has_one_suite(const struct hello *h)
{
	return h->max_version >= TLS_1_3 && h->ciphers13 == 1;
}

/* Can it be told what the offer lacks? Where few signature algorithms are offered, OpenSSL leaves out the ciphers that would need another one by itself. */
static bool kinds_tell(const struct diagnosis *d)
{
	const struct hello *h = &d->e->hello;
	return h->kinds != 0 && h->min_version < TLS_1_3 && d->e->security_level <= 2 &&
	       !has_few_signatures(h);
}

/* The kind of a server's key that no cipher of the offer is for; NULL: none. Signature algorithms that are all of one kind take the ciphers of the other
 * out, too, so that it is said of a list of ciphers only. */
static const char *missing_key(const struct diagnosis *d)
{
	const unsigned kinds = d->e->hello.kinds & (HELLO_FOR_RSA | HELLO_FOR_ECDSA);
	if (!kinds_tell(d) || !d->e->cipher_string)
		return NULL;
	return kinds == HELLO_FOR_RSA     ? "an ECDSA key"
	       : kinds == HELLO_FOR_ECDSA ? "an RSA key"
					  : NULL;
}

/* "only 1 cipher for TLS 1.2 and older, of the cipher list "X" (set by ...)" */
static const char *few_ciphers(struct diagnosis *d, unsigned n)
{
	struct evidence *e = d->e;
	return say(e, n == 0 ? "no cipher" : say(e, "only ", count(e, n, "cipher"), (char *)NULL),
		   " for TLS 1.2 and older", e->cipher_string ? ", of " : "",
		   e->cipher_string ? list_words(d) : "",
		   missing_key(d) ? ", and none for a server's certificate with " : "",
		   missing_key(d) ? missing_key(d) : "", (char *)NULL);
}

/* "only 1 group (P-521)" */
static const char *few_groups(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct hello *h = &e->hello;
	return say(e, "only ", count(e, h->groups, "group"), h->groups == 1 ? " (" : ", the first ",
		   group_name(e, h->first_group), h->groups == 1 ? ")" : "", (char *)NULL);
}

/* What OpenSSL's own list has, and this offer has not; NULL: nothing. */
static const char *missing_kinds(struct diagnosis *d)
{
	static const struct {
		unsigned kind;
		char name[20];
	} kinds[] = {{HELLO_ECDHE, "ECDHE"},
		     {HELLO_DHE, "DHE"},
		     {HELLO_RSA, "RSA key exchange"},
		     {HELLO_AEAD, "AES-GCM"},
		     {HELLO_CBC, "AES in CBC mode"}};
	const struct hello *h = &d->e->hello;
	const char *list = NULL;
	if (!kinds_tell(d))
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (!(h->kinds & kinds[i].kind))
			list = say(d->e, list ? list : "", list ? ", " : "", kinds[i].name,
				   (char *)NULL);
	}
	return list;
}

static bool lacks_ciphers(struct diagnosis *d)
{
	return missing_key(d) || missing_kinds(d);
}

/* "no cipher for a server's certificate with an ECDSA key, and none with DHE" */
static const char *lacking_ciphers(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *key = missing_key(d), *kinds = missing_kinds(d);
	return say(e, "no cipher ", key ? "for a server's certificate with " : "with ",
		   key ? key : kinds, key && kinds ? ", and none with " : "",
		   key && kinds ? kinds : "", ", which OpenSSL's own list has",
		   e->cipher_string ? ", but not " : "", e->cipher_string ? list_words(d) : "",
		   (char *)NULL);
}

/* What most clients of today do otherwise; NULL: nothing. */
static const char *unusual(struct diagnosis *d)
{
	enum { USUAL_LEVEL = 2 };
	struct evidence *e = d->e;
	const struct hello *h = &e->hello;
	const char *list = NULL;
	if (h->shared_key)
		item(d, &list, "a pre-shared key (PSK)");
	if (!h->sni && e->host && !name_is_address(e->host))
		item(d, &list, "no host name (SNI)");
	if (h->min_version != 0 && h->min_version == h->max_version)
		item(d, &list, say(e, "only ", say_version(e, h->max_version), (char *)NULL));
	else if (h->max_version < TLS_1_2)
		item(d, &list, say(e, "at most ", say_version(e, h->max_version), (char *)NULL));
	if (has_few_ciphers(h))
		item(d, &list, few_ciphers(d, h->ciphers - h->ciphers13));
	else if (lacks_ciphers(d))
		item(d, &list, lacking_ciphers(d));
	if (has_one_suite(h))
		item(d, &list, "only 1 ciphersuite for TLS 1.3");
	if (has_few_groups(h))
		item(d, &list, few_groups(d));
	if (has_few_signatures(h))
		item(d, &list,
		     say(e, "only ", count(e, h->signatures, "signature algorithm"), (char *)NULL));
	if (list && e->security_level > USUAL_LEVEL)
		item(d, &list, security_level(d));
	return list;
}

/* "X25519, P-256 and 8 more" */
static const char *group_names(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct hello *h = &e->hello;
	const char *list = "";
	unsigned i;
	for (i = 0; i < h->groups && i < HELLO_GROUPS && h->group_list[i] != 0; i++)
		list =
		    say(e, list, i > 0 ? ", " : "", group_name(e, h->group_list[i]), (char *)NULL);
	if (i > 0 && i < h->groups)
		list = say(e, list, " and ", say_int(e, h->groups - i), " more", (char *)NULL);
	return list;
}

/* "TLS 1.2 to TLS 1.3, 30 ciphers, 5 groups (X25519, P-256 ...), the host name (SNI) legacy.example.com" */
static const char *offer_words(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct hello *h = &e->hello;
	const char *versions = handshake_offered(d), *names = group_names(d);
	return say(e, versions ? versions : "", ", ", count(e, h->ciphers, "cipher"), ", ",
		   count(e, h->groups, "group"), *names ? " (" : "", names, *names ? ")" : "",
		   h->sni ? ", the host name (SNI) " : "", h->sni ? say_string(e, e->sni) : "",
		   (char *)NULL);
}

static void say_offer(struct diagnosis *d, const char *odd)
{
	struct evidence *e = d->e;
	const bool compared = e->hello.kinds != 0 || e->hello.min_version >= TLS_1_3;
	const char *versions = handshake_offered(d);
	if (e->hello.size == 0) {
		d->r->why =
		    say(e, handshake_alert_words(d), versions ? "; this client offers " : "",
			versions ? versions : "", (char *)NULL);
		return;
	}
	d->r->presented = say(e, offer_words(d),
			      odd        ? "; unusual in this offer: "
			      : compared ? ", which is what OpenSSL offers by default"
					 : "",
			      odd ? odd : "", (char *)NULL);
	d->r->why = say(e, handshake_alert_words(d), "; the client offered ", d->r->presented,
			(char *)NULL);
}

/* Where a list was made narrower than OpenSSL's own, that one is the first thing to try; or the next, where a section stands there. */
static void help_wider(struct diagnosis *d, const char *odd, bool after)
{
	struct evidence *e = d->e;
	if (e->cipher_string && e->ciphers_by.place &&
	    (has_few_ciphers(&e->hello) || lacks_ciphers(d)))
		help_line(d, say(e, "widen the cipher list in ", say_string(e, e->ciphers_by.place),
				 ", unless the server is meant to accept just that", (char *)NULL));
	else if (lacks_ciphers(d) && after)
		help_line(
		    d, "if that does not do, try OpenSSL's own list of ciphers as well: the line "
		       "CipherString = DEFAULT in the same section");
	else if (lacks_ciphers(d))
		help_section(
		    d,
		    "not tried, since its alert does not say what it would take: whether the "
		    "server "
		    "takes OpenSSL's own list of ciphers, in the client's settings or here:",
		    "CipherString = DEFAULT", (char *)NULL);
	else if (odd)
		help_line(d, "widen what is unusual in the client's settings, unless the server is "
			     "meant to accept just that");
}

/* Lists that the client made short, with what servers of today have. False: it made none. */
static bool help_longer(struct diagnosis *d)
{
	enum { OPENSSL_1_1_0 = 0x10100000, OPENSSL_1_1_1 = 0x10101000 };
	const struct evidence *e = d->e;
	bool any = false;
	if (has_few_signatures(&e->hello))
		any = help_section(
		    d,
		    "not tried, since its alert does not say what it would take: whether the "
		    "server takes one of more signature algorithms, in the client's settings or "
		    "here:",
		    e->version >= OPENSSL_1_1_1
			? "SignatureAlgorithms = "
			  "ed25519:ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384:RSA-PSS+"
			  "SHA384"
			: "SignatureAlgorithms = ECDSA+SHA256:RSA+SHA256:ECDSA+SHA384:RSA+SHA384",
		    (char *)NULL);
	if (has_few_groups(&e->hello))
		any = help_section(d,
				   "not tried, since its alert does not say what it would take: "
				   "whether the server takes one of more groups, in the client's "
				   "settings or here:",
				   e->version >= OPENSSL_1_1_0 ? "Groups = X25519:P-256:P-384:P-521"
							       : "Groups = P-256:P-384:P-521",
				   (char *)NULL) ||
		      any;
	if (has_one_suite(&e->hello))
		any = help_section(
			  d,
			  "not tried, since its alert does not say what it would take: "
			  "whether the server takes one of more ciphersuites of TLS 1.3, "
			  "in the client's settings or here:",
			  "Ciphersuites = TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
			  "TLS_AES_128_GCM_SHA256",
			  (char *)NULL) ||
		      any;
	return any;
}

/* What the server would have taken is not in its alert. */
static void help_compare(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->host || e->address)
		help_line(d, say(e, "what the server accepts is shown by `tlsmend view ", d->who,
				 "`", (char *)NULL));
	help_line(d,
		  "the server's log at the time of this record often names the reason. In words of "
		  "OpenSSL: with \"no shared cipher\" it takes another CipherString (or "
		  "Ciphersuites, for TLS 1.3) of a rule for this host, with \"no suitable key "
		  "share\" or \"no suitable groups\" other Groups, with \"no suitable signature "
		  "algorithm\" or \"no shared signature algorithms\" other SignatureAlgorithms");
}

void explain_refused(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *odd = e->hello.size != 0 ? unusual(d) : NULL;
	bool named = false;
	say_offer(d, odd);
	if (e->hello.shared_key) {
		help_line(d,
			  "a server that goes by pre-shared keys (PSK) refuses a client so whose "
			  "key's name (identity) it does not know: compare the identity and "
			  "the key at both ends first");
		help_compare(d);
		return;
	}
	const bool longer = help_longer(d);
	if (odd && !e->hello.sni && key_is_known("ServerName") && strcmp(d->section, "HOST") != 0)
		named = help_section(
		    d, "if the server wants a host name (SNI), send one (not tried):",
		    say(e, "ServerName = ", say_string(e, e->host), (char *)NULL), (char *)NULL);
	help_wider(d, longer && !has_few_ciphers(&e->hello) ? NULL : odd, named || longer);
	help_compare(d);
}
