/* SPDX-License-Identifier: ISC
 *
 * PEM as RFC 7468 has it, read leniently: text between the blocks is ignored, lines may have any length.
 */
#include <stdlib.h>
#include <string.h>

#include "cafile.h"

static int base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes, skipping white space. NULL: something is no base64. */
static unsigned char *base64_decode(const char *s, size_t n, size_t *length)
{
	unsigned char *out = checked(malloc(n / 4 * 3 + 4));
	uint32_t bits = 0;
	unsigned count = 0, padding = 0;
	*length = 0;
	for (size_t i = 0; i < n; i++) {
		int v = base64_value((unsigned char)s[i]);
		if (ascii_is_space(s[i]))
			continue;
		if (s[i] == '=' && ++padding <= 2)
			continue;
		if (v < 0 || padding) {
			free(out);
			return NULL;
		}
		bits = bits << 6 | (uint32_t)v;
		if (++count % 4 == 0) {
			out[(*length)++] = (unsigned char)(bits >> 16);
			out[(*length)++] = (unsigned char)(bits >> 8);
			out[(*length)++] = (unsigned char)bits;
		}
	}
	if (count % 4 == 2)
		out[(*length)++] = (unsigned char)(bits >> 4);
	if (count % 4 == 3) {
		out[(*length)++] = (unsigned char)(bits >> 10);
		out[(*length)++] = (unsigned char)(bits >> 2);
	}
	if (count % 4 == 1 || (padding && (count + padding) % 4)) {
		free(out);
		return NULL;
	}
	return out;
}

/* Is it one SEQUENCE that begins with a SEQUENCE, as a certificate is (X.690 8.1.3)? Bytes may follow it where
 * OpenSSL's trust settings do. */
static bool is_sequence(const unsigned char *der, size_t n)
{
	if (n < 4 || der[0] != 0x30)
		return false;
	size_t header = 2, length = der[1];
	if (length & 0x80) {
		size_t octets = length & 0x7f;
		if (octets == 0 || octets > 4 || n < 2 + octets)
			return false;
		length = 0;
		for (size_t i = 0; i < octets; i++)
			length = length << 8 | der[2 + i];
		header += octets;
	}
	return length <= n - header && n > header && der[header] == 0x30;
}

static bool is_certificate_type(const char *type, size_t n)
{
	return (n == 11 && memcmp(type, "CERTIFICATE", n) == 0) ||
	       (n == 16 && memcmp(type, "X509 CERTIFICATE", n) == 0) ||
	       (n == 19 && memcmp(type, "TRUSTED CERTIFICATE", n) == 0);
}

static unsigned line_number(const char *data, const char *at)
{
	unsigned line = 1;
	for (; data < at; data++)
		line += *data == '\n';
	return line;
}

static char *number(unsigned n)
{
	char text[16];
	snprintf(text, sizeof text, "%u", n);
	return copy_string(text);
}

static char *at_line(const char *data, const char *at, const char *what)
{
	char *line = number(line_number(data, at));
	char *text = join("the block that begins in line ", line, " ", what, NULL);
	free(line);
	return text;
}

struct blocks {
	size_t certificates, keys, others;
	const char *other; /* type of the first that is neither */
	size_t other_length;
	char *problem;
};

/* `begin` points behind "-----BEGIN ". Returns where to go on. */
static const char *one_block(const char *data, const char *begin, const char *end, struct blocks *b)
{
	const char *close = memmem(begin, (size_t)(end - begin), "-----", 5);
	size_t type = close ? (size_t)(close - begin) : 0;
	if (!close || memchr(begin, '\n', type))
		return begin;
	const char *body = close + 5;
	char *marker = checked(malloc(type + 16));
	size_t marker_length = (size_t)sprintf(marker, "-----END %.*s-----", (int)type, begin);
	const char *stop = memmem(body, (size_t)(end - body), marker, marker_length);
	free(marker);
	if (!is_certificate_type(begin, type)) {
		if (memmem(begin, type, "PRIVATE KEY", 11))
			b->keys++;
		else if (!b->others++) {
			b->other = begin;
			b->other_length = type;
		}
		return stop ? stop + marker_length : body;
	}
	if (!stop) {
		b->problem = at_line(data, begin, "has no END line; copy the file anew");
		return end;
	}
	size_t length = 0;
	unsigned char *der = base64_decode(body, (size_t)(stop - body), &length);
	if (!der)
		b->problem = at_line(data, begin, "is damaged: not base64; copy the file anew");
	else if (!is_sequence(der, length))
		b->problem =
		    at_line(data, begin, "is damaged: no certificate in it; copy the file anew");
	else
		b->certificates++;
	free(der);
	return stop + marker_length;
}

/* path is quoted for a shell. */
static char *binary_problem(const char *path, const char *data, size_t n)
{
	const unsigned char *u = (const unsigned char *)data;
	if (n >= 2 && ((u[0] == 0xff && u[1] == 0xfe) || (u[0] == 0xfe && u[1] == 0xff)))
		return join("is UTF-16 text, not PEM; convert it: iconv -f UTF-16 -t ASCII ", path,
			    " > ", path, ".pem", NULL);
	if (!is_sequence(u, n) && !(n > 4 && u[0] == 0x30))
		return NULL;
	/* PFX ::= SEQUENCE { version INTEGER (3) (RFC 7292); PKCS #7 begins with an OID. */
	if (memmem(data, n < 12 ? n : 12, "\x02\x01\x03", 3))
		return join("is PKCS #12, not PEM; convert it: openssl pkcs12 -in ", path,
			    " -cacerts -nokeys -out ", path, ".pem", NULL);
	if (!is_sequence(u, n))
		return join("is PKCS #7, not PEM; convert it: openssl pkcs7 -inform DER -in ", path,
			    " -print_certs -out ", path, ".pem", NULL);
	return join("is DER, not PEM; convert it: openssl x509 -inform DER -in ", path, " -out ",
		    path, ".pem", NULL);
}

static char *no_certificate(const char *path, const struct blocks *b)
{
	if (b->keys && !b->others)
		return copy_string(
		    "holds a private key and no certificate; name the file of the CA's "
		    "certificate, and keep keys out of here");
	if (b->others && b->other_length == 5 && memcmp(b->other, "PKCS7", 5) == 0)
		return join("is PKCS #7; convert it: openssl pkcs7 -in ", path,
			    " -print_certs -out ", path, ".pem", NULL);
	if (b->others) {
		char *type =
		    checked(strndup(b->other, b->other_length < 40 ? b->other_length : 40));
		char *text = join("holds no CERTIFICATE block, but ", type,
				  "; name the file of the CA's certificate", NULL);
		free(type);
		return text;
	}
	return copy_string(
	    "holds no CERTIFICATE block; a PEM file has -----BEGIN CERTIFICATE-----");
}

void ca_file_judge(const char *path, const char *data, size_t n, struct ca_file *result)
{
	static const char begin[] = "-----BEGIN ";
	struct blocks b = {0};
	const char *at = data, *end = data + n;
	memset(result, 0, sizeof *result);
	while (n && !b.problem && (at = memmem(at, (size_t)(end - at), begin, sizeof begin - 1)))
		at = one_block(data, at + sizeof begin - 1, end, &b);
	result->certificates = b.certificates;
	result->keys = b.keys;
	result->problem = b.problem;
	if (b.problem || b.certificates)
		return;
	char *word = shell_word(path);
	if (!n)
		result->problem = copy_string("is empty; put the CA's certificate (PEM) into it");
	else
		result->problem = binary_problem(word, data, n);
	if (!result->problem)
		result->problem = no_certificate(word, &b);
	free(word);
}

char *ca_file_problem(const char *path)
{
	struct ca_file judged = {0};
	struct buf data;
	buf_init(&data, 0);
	int error = file_read(path, CA_FILE_MAX_BYTES, &data, NULL, NULL, NULL);
	if (error)
		judged.problem = copy_string(error == EINVAL ? "no regular file" : strerror(error));
	else
		ca_file_judge(path, buf_str(&data), data.len, &judged);
	buf_free(&data);
	return judged.problem;
}
