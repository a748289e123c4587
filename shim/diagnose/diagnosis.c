/* SPDX-License-Identifier: ISC
 *
 * Building blocks of a diagnosis: help, notes, sections to paste.
 */
#include "diagnosis.h"

#include <stdarg.h>
#include <string.h>

void help_line(struct diagnosis *d, const char *s)
{
	if (d->r->help_count < DIAGNOSIS_LINES)
		d->help[d->r->help_count++] = s;
}

void note_line(struct diagnosis *d, const char *s)
{
	if (d->r->notes_count < DIAGNOSIS_LINES)
		d->notes[d->r->notes_count++] = s;
}

bool key_is_known(const char *line)
{
	static const char keys[][24] = {
#define KEY(id, name, effect, syntax, text) name,
#include "../policy/keys.def"
#undef KEY
	};
	const size_t n = strcspn(line, " =");
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (strlen(keys[i]) == n && memcmp(keys[i], line, n) == 0)
			return true;
	}
	return false;
}

/* Only what a rule adds to verification acts on DTLS and QUIC; only what it does there, where the host shows late. */
static bool key_acts(const struct diagnosis *d, const char *line)
{
	enum { ON_DATAGRAMS = 4 };
	static const char on_verification[][20] = {"ExtraCAFile",
						   "OnlyCAFile",
						   "Reason",
						   "Until", /* so far on datagrams, too */
						   "PinSHA256",
						   "EnforceVerification",
						   "ExpectName",
						   "TrustedFirst",
						   "Strict"};
	const size_t n = strcspn(line, " =");
	for (size_t i = 0; i < ARRAY_LENGTH(on_verification); i++) {
		if (strlen(on_verification[i]) == n && memcmp(on_verification[i], line, n) == 0)
			return i < ON_DATAGRAMS || !d->e->datagram;
	}
	return !d->e->datagram && !d->e->shown_late;
}

/* A connection of which no name, no socket and no address is known is no section's (EAP). */
static bool host_shows(const struct evidence *e)
{
	return !e->have_connection || (e->host && *e->host) || e->address;
}

/* Does this version know these lines, and would they act on this connection? */
static bool lines_act(struct diagnosis *d, va_list lines)
{
	const char *line;
	bool known = true, acts = true;
	while ((line = va_arg(lines, const char *)) != NULL) {
		known = known && key_is_known(line);
		acts = acts && key_acts(d, line);
	}
	const bool somewhere = host_shows(d->e);
	d->nowhere = d->nowhere || (known && !somewhere);
	d->too_late = d->too_late || (known && somewhere && !acts && d->e->shown_late);
	return known && acts && somewhere;
}

static void add_section(struct diagnosis *d, const char *lead, va_list lines)
{
	const char *line;
	help_line(d, lead);
	help_line(d, say(d->e, "    [", d->section, "]", (char *)NULL));
	while ((line = va_arg(lines, const char *)) != NULL)
		help_line(d, say(d->e, "    ", line, (char *)NULL));
}

bool help_section(struct diagnosis *d, const char *lead, ...)
{
	va_list ap;
	va_start(ap, lead);
	const bool act = lines_act(d, ap);
	va_end(ap);
	if (!act)
		return false;
	va_start(ap, lead);
	add_section(d, lead, ap);
	va_end(ap);
	return true;
}

void help_setting(struct diagnosis *d, const char *advice, const char *or_here, ...)
{
	va_list ap;
	va_start(ap, or_here);
	const bool act = lines_act(d, ap);
	va_end(ap);
	if (!act) {
		help_line(d, advice);
		return;
	}
	va_start(ap, or_here);
	add_section(d, say(d->e, advice, or_here, (char *)NULL), ap);
	va_end(ap);
}

const char *until_date(struct diagnosis *d)
{
	enum { NINETY_DAYS = 90 * 86400, USE_CHECK_TIME = 0x2 };
	/* the time against which the client has dates checked may be any */
	const bool chosen = (d->e->verify_flags & USE_CHECK_TIME) != 0 || d->e->system_now != 0;
	const int64_t today = d->e->now != 0 && !chosen ? d->e->now : d->r->time_ms / 1000;
	return say_date(d->e, today + NINETY_DAYS);
}

void help_weaken(struct diagnosis *d, const char *line, const char *reason)
{
	help_section(
	    d, "until then, for this host only and with a date at which the exception ends:", line,
	    say(d->e, "Reason = ", reason, (char *)NULL),
	    say(d->e, "Until = ", until_date(d), (char *)NULL), (char *)NULL);
}

const char *extra_ca_line(struct diagnosis *d, const struct text name)
{
	enum { SLUG_BYTES = 40 };
	char slug[SLUG_BYTES + 1];
	size_t i, n = 0;
	for (i = 0; i < name.n && n < SLUG_BYTES; i++) {
		const char c = ascii_lower(name.s[i]);
		if ((c >= 'a' && c <= 'z') || ascii_is_digit(c))
			slug[n++] = c;
		else if (n > 0 && slug[n - 1] != '-')
			slug[n++] = '-';
	}
	while (n > 0 && slug[n - 1] == '-')
		n--;
	slug[n] = '\0';
	return say(d->e, "ExtraCAFile = /etc/tlsmend/", n > 0 ? slug : "ca", ".pem", (char *)NULL);
}

const char *whose(struct diagnosis *d)
{
	if (!d->culprit)
		return "a certificate of the chain";
	if (d->culprit == d->leaf || d->first.depth == 0)
		return "the server's certificate";
	return say(d->e, "the CA certificate ", say_subject(d->e, d->culprit), (char *)NULL);
}

bool name_is_address(const char *host)
{
	return host && (strchr(host, ':') || strspn(host, "0123456789.") == strlen(host));
}

const struct cert_info *certificate_at(const struct evidence *e, int depth)
{
	if (depth < 0)
		return NULL;
	if (e->chain_skipped > 0 && e->chain_count > 0) {
		if ((size_t)depth == e->chain_count - 1 + e->chain_skipped)
			return &e->chain[e->chain_count - 1];
		return (size_t)depth < e->chain_count - 1 ? &e->chain[depth] : NULL;
	}
	if ((size_t)depth < e->chain_count)
		return &e->chain[depth];
	/* A chain that OpenSSL did not keep: only the leaf is certain then. */
	return depth == 0 && e->presented_count > 0 ? &e->presented[0] : NULL;
}
