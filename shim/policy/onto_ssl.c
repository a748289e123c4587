/* SPDX-License-Identifier: ISC
 *
 * What the files that lay a rule onto an SSL share: options, and what the log is to say.
 */
#include <string.h>

#include "onto_ssl.h"

/* Before 3.0 the functions give an unsigned long, which may be half of what is declared: the rest is what the register held. */
uint64_t onto_ssl_options(const struct openssl *o, uint64_t options)
{
	return o->version < 0x30000000UL ? (unsigned long)options : options;
}

uint64_t apply_options(const struct openssl *o, SSL *ssl)
{
	return onto_ssl_options(o, o->SSL_get_options
				       ? o->SSL_get_options(ssl)
				       : (uint64_t)o->SSL_ctrl(ssl, SSL_CTRL_OPTIONS_, 0, NULL));
}

void apply_clear_options(const struct openssl *o, SSL *ssl, uint64_t options)
{
	if (later(o)->SSL_clear_options)
		later(o)->SSL_clear_options(ssl, options);
	else
		o->SSL_ctrl(ssl, SSL_CTRL_CLEAR_OPTIONS_, (long)options, NULL);
}

void apply_set_options(const struct openssl *o, SSL *ssl, uint64_t options)
{
	if (later(o)->SSL_set_options)
		later(o)->SSL_set_options(ssl, options);
	else
		o->SSL_ctrl(ssl, SSL_CTRL_OPTIONS_, (long)options, NULL);
}

void apply_weakened(struct applied *a, const struct setting *s)
{
	if (a->weakened_count < ARRAY_LENGTH(a->weakened))
		a->weakened[a->weakened_count++] = s;
}

int apply_level_asked(const char *ciphers)
{
	static const char word[] = LEVEL_WORD;
	int level = -1;
	for (const char *at = strstr(ciphers, word); at; at = strstr(at, word)) {
		at += sizeof word - 1;
		if (ascii_is_digit(*at))
			level = *at - '0';
	}
	return level;
}
