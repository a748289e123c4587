/* SPDX-License-Identifier: ISC
 *
 * tlsmend lint: the client certificate of a section and its key, which belong together and may lie in one file or in two.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "lint.h"
#include "../passphrase.h"

enum { FILE_MAX_BYTES = 1024 * 1024, SOON = 30 * 24 * 60 * 60 };

static void tell(struct lint *l, enum severity severity, const struct setting *s, const char *text)
{
	char *prefix = join(key_table[s->key].name, " ", s->value, ": ", NULL);
	lint_report(l, severity, s->section->source, s->line, prefix, text);
	free(prefix);
}

/* False: it was told why the file cannot be read. */
static bool read_file(struct lint *l, const struct setting *s, struct buf *text, uint32_t *mode)
{
	int error = file_read(s->value, FILE_MAX_BYTES, text, NULL, NULL, mode);
	if (!error)
		return true;
	char *why = join(error == EINVAL ? "no regular file" : strerror(error),
			 "; write the path of a PEM file that can be read", NULL);
	tell(l, CONFIG_ERROR, s, why);
	free(why);
	return false;
}

static void check_dates(struct lint *l, const struct setting *s, const X509 *x)
{
	time_t soon = time(NULL) + SOON;
	struct tm end;
	char text[120], day[16];
	if (X509_cmp_time(X509_get0_notAfter(x), &soon) > 0 ||
	    !ASN1_TIME_to_tm(X509_get0_notAfter(x), &end))
		return;
	strftime(day, sizeof day, "%Y-%m-%d", &end);
	snprintf(text, sizeof text, "the certificate %s on %s; have it issued again",
		 X509_cmp_current_time(X509_get0_notAfter(x)) < 0 ? "ended" : "ends", day);
	tell(l, CONFIG_WARNING, s, text);
}

/* Who may read the key may pose as this client; who may exchange it can have the program pose as another one. */
static void check_mode(struct lint *l, const struct setting *s, uint32_t mode)
{
	char *place = lint_place(s->value);
	if (place)
		tell(l, CONFIG_WARNING, s, place);
	free(place);
	if (!(mode & 0004))
		return;
	char *word = shell_word(s->value);
	char *text = join("everybody can read the private key; write chmod o-r ", word,
			  ", and see that the program's user still can", NULL);
	tell(l, CONFIG_WARNING, s, text);
	free(text);
	free(word);
}

static void check_key(struct lint *l, const struct setting *s, const struct buf *text, X509 *x)
{
	BIO *b = checked(BIO_new_mem_buf(text->data, (int)text->len));
	EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, no_passphrase, NULL);
	if (!key && memmem(text->data, text->len, "ENCRYPTED", 9))
		tell(l, CONFIG_ERROR, s,
		     "the key has a passphrase, and nobody can be asked for it; write it without "
		     "one: openssl pkey -in FILE -out FILE.key");
	else if (!key)
		tell(l, CONFIG_ERROR, s,
		     "no private key in PEM form; write PrivateKey = FILE with the one that "
		     "belongs to the certificate");
	else if (X509_check_private_key(x, key) != 1)
		tell(l, CONFIG_ERROR, s,
		     "the key does not belong to the first certificate in the file of "
		     "Certificate; write the path of the one that does");
	EVP_PKEY_free(key);
	BIO_free(b);
}

static void check_pair(struct lint *l, const struct setting *certificate, const struct setting *key)
{
	struct buf text, other;
	uint32_t mode = 0;
	buf_init(&text, 0);
	buf_init(&other, 0);
	if (read_file(l, certificate, &text, &mode)) {
		BIO *b = checked(BIO_new_mem_buf(text.data, (int)text.len));
		X509 *x = PEM_read_bio_X509(b, NULL, no_passphrase, NULL);
		if (!x) {
			tell(l, CONFIG_ERROR, certificate,
			     "no certificate in PEM form; write the path of a file that begins "
			     "with the client certificate");
		} else {
			check_dates(l, certificate, x);
			if (!key || read_file(l, key, &other, &mode)) {
				check_key(l, key ? key : certificate, key ? &other : &text, x);
				check_mode(l, key ? key : certificate, mode);
			}
		}
		X509_free(x);
		BIO_free(b);
	}
	ERR_clear_error();
	buf_free(&text);
	buf_free(&other);
}

void lint_own_settle(struct lint *l, const struct setting *key)
{
	const struct setting *s = l->certificate;
	l->certificate = NULL;
	if (!s)
		return;
	if (s->any_host)
		tell(l, CONFIG_WARNING, s,
		     "every server that asks is shown who this is; write it into a section that "
		     "names the hosts that it is for");
	check_pair(l, s, key);
}

void lint_own(struct lint *l, const struct setting *s)
{
	const bool beside =
	    s->key == KEY_PRIVATE_KEY && l->certificate && l->certificate->section == s->section;
	lint_own_settle(l, beside ? s : NULL);
	if (s->key == KEY_CERTIFICATE)
		l->certificate = s;
}
