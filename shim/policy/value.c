/* SPDX-License-Identifier: ISC
 *
 * Values of keys: what each syntax takes, and what weakens by its value alone.
 */
#include <string.h>

#include "internal.h"

/* "KEY = 'VALUE' <what>" */
static bool fail(enum key key, const struct value *v, const char *what, struct buf *error)
{
	buf_strs(error, key_table[key].name, " = ", NULL);
	quote(error, v->text, v->length);
	buf_strs(error, " ", what, NULL);
	return false;
}

/* What a value for this key looks like. */
static const char *example(enum key key)
{
	switch (key_table[key].syntax) {
	case SYNTAX_PATH:
		return key == KEY_CERTIFICATE   ? "/etc/tlsmend/client.pem"
		       : key == KEY_PRIVATE_KEY ? "/etc/tlsmend/client.key"
						: "/etc/tlsmend/root.pem";
	case SYNTAX_PROTOCOL:
		return "TLSv1.2";
	case SYNTAX_CIPHERS:
		return "DEFAULT";
	case SYNTAX_CIPHERSUITES:
		return "TLS_AES_256_GCM_SHA384";
	case SYNTAX_OPTIONS:
		return "-Compression";
	case SYNTAX_DATE:
		return "2027-03-31";
	case SYNTAX_YES:
		return key == KEY_STRICT ? "no" : "yes";
	case SYNTAX_HOST:
		return "www.example.com";
	case SYNTAX_PINS:
		return "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
	case SYNTAX_NUMBER:
		return "1048576";
	case SYNTAX_STRING:
		return key == KEY_GROUPS ? "X25519:P-256" : "ECDSA+SHA256:RSA-PSS+SHA256";
	case SYNTAX_TEXT:
		break;
	}
	return "why this section is there";
}

/* Relative to the file that it stands in; a variable stands nowhere. */
static bool path_check(enum key key, const struct value *v, struct buf *error)
{
	const char *base = v->text + v->length;
	if (v->text[0] == '/' || (v->in_file && v->text[0] != '~' && v->text[0] != '$'))
		return true;
	while (base > v->text && base[-1] != '/')
		base--;
	fail(key, v,
	     v->in_file ? "is no path: ~ and $ are not expanded; write the whole path, such as "
			  "/etc/tlsmend/"
			: "is no absolute path; write the whole path, such as /etc/tlsmend/",
	     error);
	escape_text(error, base, (size_t)(v->text + v->length - base), QUOTE_MAX);
	return false;
}

static bool protocol_check(enum key key, struct value *v, struct buf *error)
{
	v->protocol = protocol_parse_slice(v->text, v->length);
	v->weakening = v->protocol < PROTOCOL_TLS1_2;
	return v->protocol != 0 ||
	       fail(key, v, "is no protocol version; write TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3",
		    error);
}

static bool digits(const char *s, size_t n, unsigned *value)
{
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		if (!ascii_is_digit(s[i]))
			return false;
		*value = *value * 10 + (unsigned)(s[i] - '0');
	}
	return true;
}

/* `no` stands for what would be without the key, against a less specific section. */
static bool yes_check(enum key key, struct value *v, struct buf *error)
{
	const bool yes = v->length == 3 && name_equal(v->text, "yes", 3);
	const bool no = v->length == 2 && name_equal(v->text, "no", 2);
	v->number = yes;
	if (!yes && !no)
		return fail(key, v,
			    key == KEY_STRICT ? "is not no; write no"
					      : "is neither yes nor no; write yes or no",
			    error);
	if (key == KEY_ENFORCE_VERIFICATION && no)
		return fail(key, v,
			    "is refused: tlsmend never turns a check off; name the hosts that are "
			    "meant in the header of the section that has yes",
			    error);
	if (key == KEY_STRICT && yes)
		return fail(
		    key, v,
		    "is nothing that a rule can do: whether a client checks strictly is its own "
		    "setting; write Strict = no, or take the line out",
		    error);
	v->weakening = key == KEY_STRICT || (yes && key == KEY_IGNORE_UNEXPECTED_EOF);
	return true;
}

static bool pins_check(enum key key, const struct value *v, struct buf *error)
{
	const char *s = v->text, *const end = v->text + v->length, *word;
	uint8_t hash[PIN_BYTES];
	enum pin_found found;
	unsigned count = 0;
	size_t n;
	while ((found = pin_next(&s, end, hash, &word, &n)) == PIN_GOOD)
		count++;
	if (found == PIN_NONE && count > 0)
		return true;
	buf_strs(error, key_table[key].name, " has ", NULL);
	quote(error, word, n);
	buf_puts(
	    error,
	    ", which is no SHA-256 in base64 (44 characters, = at the end); write what this "
	    "prints: openssl x509 -in CERTIFICATE -noout -pubkey | openssl pkey -pubin -outform "
	    "DER | openssl dgst -sha256 -binary | base64");
	return false;
}

/* The name that a certificate carries. OpenSSL takes one that begins with a dot for every name below it. */
static bool host_check(enum key key, const struct value *v, struct buf *error)
{
	char name[NAME_MAX_LENGTH + 3], normal[256];
	bool good = v->length < sizeof name;
	if (key == KEY_SERVER_NAME && v->length == 4 && name_equal(v->text, "none", 4))
		return true;
	if (good) {
		memcpy(name, v->text, v->length);
		name[v->length] = '\0';
		good = !strchr(name, '*') && !strchr(name, '/') && !strchr(name, '@') &&
		       host_normalise(name, normal) &&
		       (host_is_address(normal) || !name_is_numeric(normal, strlen(normal)));
	}
	if (key == KEY_SERVER_NAME)
		return (good && !host_is_address(normal)) ||
		       fail(key, v,
			    good ? "is an address, which cannot be sent as a name (RFC 6066); "
				   "write a name, or none"
				 : "is no single host name; write the one that the server goes by, "
				   "such as www.example.com, or none",
			    error);
	return good || fail(key, v,
			    "is no single name or address; write one that the certificate stands "
			    "for, such as "
			    "www.example.com",
			    error);
}

/* A list of certificates: a bundle of all public CAs has some 200 KB; what is allowed here a server may have the client hold in
 * memory. */
static bool number_check(enum key key, struct value *v, struct buf *error)
{
	enum { LEAST = 16384, MOST = 8388608, DIGITS = 9 };
	unsigned number = 0;
	if (v->length > DIGITS || !digits(v->text, v->length, &number) || number < LEAST ||
	    number > MOST)
		return fail(key, v,
			    "is no number of bytes from 16384 to 8388608; write 1048576, or as "
			    "much as the server sends",
			    error);
	v->number = number;
	return true;
}

static bool date_check(enum key key, struct value *v, struct buf *error)
{
	struct civil_time t = {.hour = 23, .minute = 59, .second = 59};
	const char *s = v->text;
	unsigned year;
	if (v->length != 10 || s[4] != '-' || s[7] != '-' || !digits(s, 4, &year) ||
	    !digits(s + 5, 2, &t.month) || !digits(s + 8, 2, &t.day))
		return fail(key, v, "is no date; write YYYY-MM-DD, such as 2027-03-31", error);
	t.year = year;
	if (!civil_valid(&t))
		return fail(key, v,
			    "is a day that is in no calendar; write the last day as YYYY-MM-DD",
			    error);
	v->until = civil_to_unix(&t);
	return true;
}

static bool bytes_check(enum key key, const struct value *v, struct buf *error)
{
	if (v->length > VALUE_MAX_LENGTH) {
		buf_strs(error, "the value of ", key_table[key].name, " is ", NULL);
		buf_uint(error, v->length);
		buf_puts(error, " bytes long; write at most ");
		buf_uint(error, VALUE_MAX_LENGTH);
		return false;
	}
	for (size_t i = 0; i < v->length; i++) {
		unsigned char c = (unsigned char)v->text[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return fail(key, v, "has a control character in it; write plain text",
				    error);
	}
	if (v->length > 0)
		return true;
	buf_strs(error, key_table[key].name, " has no value; write ", key_table[key].name, " = ",
		 example(key), NULL);
	return false;
}

bool value_check(enum key key, struct value *v, struct buf *error)
{
	enum key_syntax syntax = key_table[key].syntax;
	v->protocol = 0;
	v->number = 0;
	v->weakening = false;
	v->until = INT64_MAX;
	if (!bytes_check(key, v, error))
		return false;
	if (syntax != SYNTAX_TEXT && v->text[v->length - 1] == '\\')
		return fail(
		    key, v,
		    "ends in a backslash, but lines cannot be continued; write it in one line",
		    error);
	switch (syntax) {
	case SYNTAX_PATH:
		return path_check(key, v, error);
	case SYNTAX_PROTOCOL:
		return protocol_check(key, v, error);
	case SYNTAX_CIPHERS:
		return ciphers_check(v, error);
	case SYNTAX_CIPHERSUITES:
		return ciphersuites_check(v, error);
	case SYNTAX_OPTIONS:
		return options_check(v, error);
	case SYNTAX_YES:
		return yes_check(key, v, error);
	case SYNTAX_PINS:
		return pins_check(key, v, error);
	case SYNTAX_HOST:
		return host_check(key, v, error);
	case SYNTAX_NUMBER:
		return number_check(key, v, error);
	case SYNTAX_DATE:
		return date_check(key, v, error);
	case SYNTAX_STRING:
	case SYNTAX_TEXT:
		break;
	}
	return true;
}
