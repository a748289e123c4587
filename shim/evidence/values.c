/* SPDX-License-Identifier: ISC
 *
 * Dates, serial numbers and values of extensions out of ASN.1.
 */
#include "certificate.h"

enum { ASN1_UTCTIME = 23, ASN1_NEG_INTEGER = 0x102 };

static bool digits(const unsigned char *s, size_t n, unsigned *value)
{
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		if (!ascii_is_digit((char)s[i]))
			return false;
		*value = *value * 10 + (unsigned)(s[i] - '0');
	}
	return true;
}

/* RFC 5280 section 4.1.2.5: YYMMDDHHMMSSZ until 2049, YYYYMMDDHHMMSSZ from then on. No ASN1_TIME_to_tm(3): 1.1.1. */
int64_t evidence_time(const struct openssl *o, const ASN1_STRING *s)
{
	const unsigned char *d;
	unsigned year, field[5];
	if (!s || !(d = o->ASN1_STRING_get0_data(s)))
		return INT64_MIN;
	size_t n = (size_t)o->ASN1_STRING_length(s);
	size_t head = o->ASN1_STRING_type(s) == ASN1_UTCTIME ? 2 : 4;
	if (n != head + 11 || d[n - 1] != 'Z' || !digits(d, head, &year))
		return INT64_MIN;
	if (head == 2)
		year += year < 50 ? 2000 : 1900;
	for (size_t i = 0; i < 5; i++) {
		if (!digits(d + head + 2 * i, 2, &field[i]))
			return INT64_MIN;
	}
	struct civil_time t =
	    (struct civil_time){year, field[0], field[1], field[2], field[3], field[4]};
	return civil_valid(&t) ? civil_to_unix(&t) : INT64_MIN;
}

/* OpenSSL asks libc's time(), which a preloaded library (libfaketime) may answer in its own way. */
void evidence_clock(struct evidence *e, const struct openssl *o)
{
	enum { SAME_WITHIN = 120 };
	int64_t told = INT64_MIN;
	ASN1_STRING *t;
	if (!later(o)->X509_gmtime_adj || !later(o)->ASN1_STRING_free)
		return;
	QUIET_BEGIN(o)
	t = later(o)->X509_gmtime_adj(NULL, 0);
	told = evidence_time(o, t);
	later(o)->ASN1_STRING_free(t);
	QUIET_END(o)
	if (told == INT64_MIN || (told - e->now <= SAME_WITHIN && e->now - told <= SAME_WITHIN))
		return;
	e->system_now = e->now;
	e->now = told;
}

const char *evidence_serial(struct evidence *e, const struct openssl *o, const ASN1_STRING *s)
{
	struct buf b;
	if (!s)
		return NULL;
	int n = o->ASN1_STRING_length(s);
	buf_init(&b, 256);
	if (o->ASN1_STRING_type(s) == ASN1_NEG_INTEGER)
		buf_putc(&b, '-');
	if (n > 0)
		buf_hex(&b, o->ASN1_STRING_get0_data(s), n > 64 ? 64 : (size_t)n, 0);
	else
		buf_puts(&b, "00");
	const char *copy = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return copy;
}

unsigned evidence_extension(const struct openssl *o, X509 *x, int nid, struct span *value)
{
	const int n = o->X509_get_ext_count(x);
	unsigned found = 0;
	*value = (struct span){NULL, NULL};
	for (int i = 0; i < n && found < 2; i++) {
		X509_EXTENSION *extension = o->X509_get_ext(x, i);
		if (o->OBJ_obj2nid(o->X509_EXTENSION_get_object(extension)) != nid)
			continue;
		const ASN1_STRING *data = later(o)->X509_EXTENSION_get_data
					      ? later(o)->X509_EXTENSION_get_data(extension)
					      : NULL;
		const uint8_t *p = data ? o->ASN1_STRING_get0_data(data) : NULL;
		found++;
		if (p)
			*value = (struct span){p, p + o->ASN1_STRING_length(data)};
	}
	return found;
}
