/* SPDX-License-Identifier: ISC
 *
 * A CA's certificate from where another certificate says that it is (caIssuers). Plain http: what comes is believed by its
 * fingerprint only, or not at all.
 */
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <stdlib.h>
#include <string.h>

#include "../host_port.h"
#include "../passphrase.h"
#include "../view/wire.h"
#include "trust.h"

enum { MOST_BYTES = 60000, REDIRECTIONS = 3 };

/* Nothing in it may end a line of a request. */
static bool split_url(const char *url, struct host_port *at, const char **path)
{
	if (strncmp(url, "http://", 7) != 0)
		return false;
	for (const char *c = url; *c; c++)
		if (*c <= ' ' || *c >= 0x7f)
			return false;
	char *host = checked(strndup(url + 7, strcspn(url + 7, "/?#")));
	const bool good = !strchr(host, '@') && host_port_parse(host, at);
	*path = url + 7 + strlen(host);
	free(host);
	return good;
}

static bool ask(struct wire *w, const char *url, const char *proxy, unsigned seconds)
{
	struct host_port at;
	const char *path;
	w->fd = -1;
	w->deadline_ms = clock_monotonic_ms() + seconds * UINT64_C(1000);
	if (!split_url(url, &at, &path))
		return wire_fail(w, "that is no http address");
	if (!at.port)
		at.port = 80;
	if (*proxy ? !wire_proxy(w, proxy, at.host, at.port) : !wire_connect(w, at.host, at.port))
		return false;
	char *host = host_port_text(&at);
	char *request = join("GET ", *path == '/' ? "" : "/", path, " HTTP/1.0\r\nHost: ", host,
			     "\r\nUser-Agent: tlsmend/" TLSMEND_VERSION "\r\n\r\n", NULL);
	const bool good = wire_write(w, request, strlen(request));
	free(request);
	free(host);
	return good;
}

/* *to: where the answer leads on to. False: no answer that is of use. */
static bool read_head(struct wire *w, char **to)
{
	char line[WIRE_MAX_LINE];
	unsigned status;
	if (!wire_line(w, line))
		return false;
	if (sscanf(line, "HTTP/1.%*1u %3u", &status) != 1)
		return wire_fail(w, "that is no web server");
	if (status != 200 && (status < 300 || status > 308))
		return wire_fail(w, "the server says: %.100s", line);
	while (wire_line(w, line) && *line)
		if (status != 200 && !*to && strncasecmp(line, "Location:", 9) == 0)
			*to = copy_string(line + 9 + strspn(line + 9, " \t"));
	return !*w->error && (status == 200 || *to || wire_fail(w, "the server leads nowhere"));
}

static void read_body(struct wire *w, struct buf *b)
{
	char c;
	/* the end of the connection is the end of it, in HTTP/1.0 */
	while (b->len < MOST_BYTES && wire_read(w, &c, 1))
		buf_putc(b, c);
}

static void add_pem(BIO *to, X509 *x)
{
	if (x)
		PEM_write_bio_X509(to, x);
}

/* PEM, DER, or PKCS #7 as CAs of Windows have it. */
static char *as_pem(const struct buf *b)
{
	const unsigned char *der = (const unsigned char *)buf_str(b);
	BIO *in = BIO_new_mem_buf(buf_str(b), (int)b->len), *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	PKCS7 *p7 = NULL;
	X509 *x;
	checked(in);
	checked(out);
	while ((x = PEM_read_bio_X509(in, NULL, no_passphrase, NULL))) {
		add_pem(out, x);
		X509_free(x);
	}
	x = d2i_X509(NULL, &der, (long)b->len);
	add_pem(out, x);
	der = (const unsigned char *)buf_str(b);
	if (!x)
		p7 = d2i_PKCS7(NULL, &der, (long)b->len);
	if (p7 && PKCS7_type_is_signed(p7) && p7->d.sign)
		for (int i = 0; i < sk_X509_num(p7->d.sign->cert); i++)
			add_pem(out, sk_X509_value(p7->d.sign->cert, i));
	const long n = BIO_get_mem_data(out, &text);
	char *pem = checked(strndup(n > 0 ? text : "", n > 0 ? (size_t)n : 0));
	PKCS7_free(p7);
	X509_free(x);
	BIO_free(out);
	BIO_free(in);
	return pem;
}

static char *one_answer(const char *url, const char *proxy, unsigned seconds, char **to, char **why)
{
	struct wire w = {.fd = -1};
	char *pem = NULL;
	struct buf b;
	buf_init(&b, 0);
	if (ask(&w, url, proxy, seconds) && read_head(&w, to) && !*to) {
		read_body(&w, &b);
		pem = as_pem(&b);
		if (!*pem)
			wire_fail(&w, "what came is no certificate");
	}
	if (!pem || !*pem)
		*why = copy_string(*w.error ? w.error : "nothing came");
	buf_free(&b);
	wire_close(&w);
	return pem ? pem : copy_string("");
}

char *fetch_certificates(const char *url, const char *proxy, unsigned seconds, char **why)
{
	char *at = copy_string(url), *pem = NULL;
	*why = NULL;
	for (unsigned i = 0; i <= REDIRECTIONS; i++) {
		char *to = NULL;
		free(pem);
		free(*why);
		*why = NULL;
		pem = one_answer(at, proxy, seconds, &to, why);
		if (!to)
			break;
		free(at);
		at = to;
	}
	free(at);
	return pem;
}
