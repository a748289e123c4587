/* SPDX-License-Identifier: ISC
 *
 * What is in a file that could not be loaded: which form (PEM, DER, PKCS #12, a web page ...), which PEM blocks, and where a block
 * is damaged. Of its bytes nothing but the types of its blocks is kept.
 */
#include "der_values.h"
#include "file.h"

#include <string.h>

/* RFC 7468: capital letters, digits, spaces. Anything else is no label, and may be what nobody should read. */
static size_t label_length(const char *s, const char *end)
{
	enum { LABEL_BYTES = 40 };
	const char *p = s;
	while (p < end && p - s < LABEL_BYTES &&
	       ((*p >= 'A' && *p <= 'Z') || ascii_is_digit(*p) || *p == ' '))
		p++;
	return end - p >= 5 && p > s && memcmp(p, "-----", 5) == 0 ? (size_t)(p - s) : 0;
}

static bool has(const char *s, size_t n, const char *word)
{
	return memmem(s, n, word, strlen(word)) != NULL;
}

static bool starts(const char *s, size_t n, const char *word)
{
	return n >= strlen(word) && memcmp(s, word, strlen(word)) == 0;
}

/* ---- PEM ------------------------------------------------------------------------------------------- */

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The first bytes of what s[0..n) encodes; returns how many. */
static size_t base64_head(const char *s, size_t n, uint8_t *out, size_t limit)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i, made = 0;
	for (i = 0; i < n && made < limit; i++) {
		const int v = base64_value(s[i]);
		if (v < 0)
			continue;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[made++] = (uint8_t)(bits >> have);
		}
	}
	return made;
}

/* An encrypted key whose method is in no default provider of OpenSSL 3.0: PKCS #5 v1.5 (RFC 8018 appendix A.3), RC2 and RC4 of
 * PKCS #12 (RFC 7292 appendix C), single DES and RC2 of the traditional form. */
static bool is_old_encryption(const char *body, size_t n)
{
	static const uint8_t pkcs5[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05};
	static const uint8_t pkcs12[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01};
	enum { PBES2 = 13, SHA1_3DES = 3, SHA1_2DES = 4 };
	uint8_t head[48];
	const size_t size = base64_head(body, n, head, sizeof head);
	if (has(body, n, "Proc-Type: 4,ENCRYPTED"))
		return has(body, n, "DEK-Info: DES-CBC") || has(body, n, "DEK-Info: RC2-");
	const uint8_t *oid = memmem(head, size, pkcs12, sizeof pkcs12);
	if (oid && oid + sizeof pkcs12 < head + size)
		return oid[sizeof pkcs12] != SHA1_3DES && oid[sizeof pkcs12] != SHA1_2DES;
	oid = memmem(head, size, pkcs5, sizeof pkcs5);
	return oid && oid + sizeof pkcs5 < head + size && oid[sizeof pkcs5] != PBES2;
}

static void note_block(struct evidence *e, struct buf *types, const char *label, size_t n,
		       const char *body, size_t body_size)
{
	const bool key = has(label, n, "PRIVATE KEY");
	e->file_has_key = e->file_has_key || key;
	e->file_has_encrypted_key =
	    e->file_has_encrypted_key ||
	    (key && (has(label, n, "ENCRYPTED") || has(body, body_size, "Proc-Type: 4,ENCRYPTED")));
	if (e->file_has_encrypted_key && !e->file_old_encryption)
		e->file_old_encryption = key && is_old_encryption(body, body_size);
	e->file_has_certificate =
	    e->file_has_certificate || (has(label, n, "CERTIFICATE") && !has(label, n, "REQUEST"));
	if (types->len == 0 || !memmem(types->data, types->len, label, n)) {
		buf_puts(types, types->len > 0 ? ", " : "");
		buf_add(types, label, n);
	}
}

/* OpenSSL looks for the BEGIN line at the start of a line, and for nothing after it. */
static bool stands_alone(const char *file, const char *begin, const char *after, const char *end)
{
	if (begin != file && begin[-1] != '\n' &&
	    !(begin - file == 3 && starts(file, 3, "\xef\xbb\xbf")))
		return false;
	while (after < end && *after != '\n' && ascii_is_space(*after))
		after++;
	return after == end || *after == '\n';
}

static bool is_base64(char c)
{
	return ascii_is_letter(c) || ascii_is_digit(c) || c == '+' || c == '/' || c == '=' ||
	       ascii_is_space(c);
}

/* The first character between s and end that is no base64; NULL: none. Headers ("DEK-Info: ...") come before an empty line. */
static const char *no_base64(const char *s, const char *end)
{
	const char *blank = memmem(s, (size_t)(end - s), "\n\n", 2);
	if (!blank)
		blank = memmem(s, (size_t)(end - s), "\n\r\n", 3);
	if (blank && memchr(s, ':', (size_t)(blank - s)))
		s = blank;
	while (s < end && is_base64(*s))
		s++;
	return s < end ? s : NULL;
}

static unsigned line_of(const char *file, const char *at)
{
	unsigned n = 1;
	for (; file < at; file++)
		n += *file == '\n';
	return n;
}

/* False: there is no block. */
static bool look_for_blocks(struct evidence *e, const char *file, size_t size)
{
	const char *const end = file + size, *s = file, *begin, *body, *next, *bad;
	struct buf types;
	bool any = false, cut = false, alone = false;
	size_t n;
	buf_init(&types, 160);
	while ((begin = memmem(s, (size_t)(end - s), "-----BEGIN ", 11)) != NULL) {
		s = begin + 11;
		n = label_length(s, end);
		if (n == 0)
			continue;
		body = s + n + 5;
		next = memmem(body, (size_t)(end - body), "-----END ", 9);
		cut = !next || memmem(body, (size_t)(next - body), "-----BEGIN", 10);
		alone = alone || stands_alone(file, begin, body, end);
		bad = cut || e->file_bad_line != 0 ? NULL : no_base64(body, next);
		/* two files put together, and the first had no line end */
		if (!bad && e->file_bad_line == 0 && any && begin > file && begin[-1] == '-')
			bad = begin;
		if (bad)
			e->file_bad_line = line_of(file, bad);
		note_block(e, &types, s, n, body, (size_t)((next ? next : end) - body));
		any = true;
		s = body;
	}
	e->file_blocks = types.len > 0 ? arena_strdup(&e->arena, buf_str(&types)) : NULL;
	buf_free(&types);
	if (any)
		e->file_form = !alone ? FORM_PEM_INLINE : cut ? FORM_PEM_CUT : FORM_PEM;
	return any;
}

/* ---- DER ------------------------------------------------------------------------------------------- */

/* SEQUENCE { SEQUENCE { OID ... } OCTET STRING }: an encrypted key (RFC 5958 section 3); a certificate's first member begins with
 * a version or a serial number. */
static bool is_encrypted_key(const uint8_t *first, size_t size)
{
	size_t head, length;
	return der_head((struct span){first, first + size}, &head, &length) && head < size &&
	       first[head] == OID && length < size - head && first[head + length] == OCTET_STRING;
}

/* The first member of the outer SEQUENCE tells certificate (a SEQUENCE), key (version 0 or 1), PKCS #12 (version 3) and PKCS #7 (an
 * OID) apart. */
static bool look_for_der(struct evidence *e, const uint8_t *s, size_t size)
{
	size_t head, length;
	if (size < 8 || s[0] != SEQUENCE || !der_head((struct span){s, s + size}, &head, &length) ||
	    head + 3 > size)
		return false;
	s += head;
	size -= head;
	if (s[0] != SEQUENCE && s[0] != OID && (s[0] != INTEGER || s[1] != 1))
		return false;
	e->file_form = length > size ? FORM_DER_CUT : FORM_DER;
	e->file_has_encrypted_key = s[0] == SEQUENCE && is_encrypted_key(s, size);
	e->file_has_certificate = s[0] == SEQUENCE && !e->file_has_encrypted_key;
	e->file_has_key = s[0] == INTEGER || e->file_has_encrypted_key;
	if (s[0] == OID)
		e->file_form = FORM_PKCS7_DER;
	if (s[0] == INTEGER && s[2] == 3)
		e->file_form = FORM_PKCS12;
	return true;
}

/* ---- anything else ----------------------------------------------------------------------------------- */

static bool is_text(const char *s, size_t n)
{
	for (size_t i = 0; i < n && i < 512; i++) {
		if ((unsigned char)s[i] < 0x20 && !ascii_is_space(s[i]))
			return false;
	}
	return true;
}

/* With a mark at its start, or every other byte is zero. */
static bool is_utf16(const char *s, size_t n)
{
	return starts(s, n, "\xff\xfe") || starts(s, n, "\xfe\xff") ||
	       (n >= 4 && ((s[0] && !s[1] && s[2] && !s[3]) || (!s[0] && s[1] && !s[2] && s[3])));
}

static enum file_form form_of_text(const char *s, size_t n)
{
	const char *const end = s + n;
	if (has(s, n, "BEGIN CERTIFICATE") || has(s, n, "BEGIN TRUSTED CERTIFICATE") ||
	    has(s, n, "PRIVATE KEY-"))
		return FORM_PEM_DASHES;
	if (starts(s, n, "\xef\xbb\xbf"))
		s += 3;
	while (s < end && ascii_is_space(*s))
		s++;
	n = (size_t)(end - s);
	if (n > 0 && *s == '<')
		return FORM_HTML;
	/* an outer SEQUENCE of more than 255 bytes */
	return starts(s, n, "MII") && !no_base64(s, end) ? FORM_BASE64 : FORM_TEXT;
}

void file_look_inside(struct evidence *e, const char *s, size_t n)
{
	if (n == 0)
		e->file_form = FORM_EMPTY;
	else if (is_utf16(s, n))
		e->file_form = FORM_UTF16;
	else if (starts(s, n, "\xfe\xed\xfe\xed"))
		e->file_form = FORM_KEYSTORE;
	else if (!look_for_blocks(e, s, n) && !look_for_der(e, (const uint8_t *)s, n))
		e->file_form = is_text(s, n) ? form_of_text(s, n) : FORM_BINARY;
}
