/* SPDX-License-Identifier: ISC
 *
 * The lowest and the highest protocol version of an SSL. Before 1.1.0 there are no bounds, only versions that are forbidden one by one.
 */
#include <tlsmend/versions.h>

#include <tlsmend/policy.h>

enum { SINCE = 0x10100000, OP_NO_SSLV2 = 0x01000000, OP_NO_SSLV3 = 0x02000000 };

bool openssl_has_bounds(const struct openssl *o)
{
	return o->version >= SINCE;
}

void openssl_get_bounds(const struct openssl *o, SSL *ssl, int *min, int *max)
{
	*min = *max = 0;
	if (!openssl_has_bounds(o))
		return;
	*min = (int)o->SSL_ctrl(ssl, SSL_CTRL_GET_MIN_PROTO_, 0, NULL);
	*max = (int)o->SSL_ctrl(ssl, SSL_CTRL_GET_MAX_PROTO_, 0, NULL);
}

/* SSL_OP_NO_* of all that lie outside. */
static uint64_t outside(int min, int max)
{
	uint64_t options = min ? OP_NO_SSLV2 | OP_NO_SSLV3 : 0;
	for (int v = PROTOCOL_TLS1; v < PROTOCOL_TLS1_3; v++)
		if (v < min || (max && v > max))
			options |= openssl_no_protocol_option(v);
	return options;
}

void openssl_set_min(const struct openssl *o, SSL *ssl, int version)
{
	if (openssl_has_bounds(o))
		o->SSL_ctrl(ssl, SSL_CTRL_SET_MIN_PROTO_, version, NULL);
	else
		o->SSL_ctrl(ssl, SSL_CTRL_OPTIONS_, (long)outside(version, 0), NULL);
}

void openssl_set_max(const struct openssl *o, SSL *ssl, int version)
{
	if (openssl_has_bounds(o))
		o->SSL_ctrl(ssl, SSL_CTRL_SET_MAX_PROTO_, version, NULL);
	else
		o->SSL_ctrl(ssl, SSL_CTRL_OPTIONS_, (long)outside(0, version), NULL);
}

void openssl_fix_version(const struct openssl *o, SSL *ssl, int version)
{
	/* twice: one bound may be in the way of the other */
	for (int i = 0; i < 2; i++) {
		openssl_set_min(o, ssl, version);
		openssl_set_max(o, ssl, version);
	}
}

void openssl_fix_context_version(const struct openssl *o, SSL_CTX *ctx, int version)
{
	if (!openssl_has_bounds(o)) {
		o->SSL_CTX_ctrl(ctx, SSL_CTRL_OPTIONS_, (long)outside(version, version), NULL);
		return;
	}
	o->SSL_CTX_ctrl(ctx, SSL_CTRL_SET_MIN_PROTO_, version, NULL);
	o->SSL_CTX_ctrl(ctx, SSL_CTRL_SET_MAX_PROTO_, version, NULL);
}
