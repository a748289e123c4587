/* SPDX-License-Identifier: ISC
 *
 * Evidence -> record. Decides which family speaks; each family's file says it. Pure: no OpenSSL, no I/O.
 */
#include "diagnosis.h"

#include <tlsmend/evidence.h>

#include <string.h>

enum {
	SSL_R_CERTIFICATE_VERIFY_FAILED = 134,
	SSL_R_NO_VALID_SCTS = 216,
	SSL_R_CALLBACK_FAILED = 234, /* in a client only of what checks SCTs */
};

static enum level level_of(enum event event)
{
	switch (event) {
	case EVENT_VERIFY_IGNORED:
	case EVENT_MENDED:
	case EVENT_WEAKENED:
		return LEVEL_WARNING; /* of a rule's use: the first one of a day, see record_use() */
	case EVENT_HANDSHAKE_OK:
		return LEVEL_DEBUG;
	default:
		return LEVEL_ERROR;
	}
}

static const char *generic_message(enum event event)
{
	switch (event) {
	case EVENT_VERIFY_FAILED:
		return "cannot trust the server";
	case EVENT_VERIFY_IGNORED:
		return "went on in spite of a failed verification";
	case EVENT_LOAD_FAILED:
		return "cannot load a certificate, key or CA file";
	case EVENT_MENDED:
		return "a rule made the connection possible";
	case EVENT_WEAKENED:
		return "a rule weakened the connection";
	case EVENT_CONFIG_ERROR:
		return "the configuration has an error";
	case EVENT_HANDSHAKE_OK:
		return "connected";
	default:
		return "the TLS handshake failed";
	}
}

/* What needs no memory, and what remains where there is none. */
static void begin(const struct evidence *e, struct record *r)
{
	memset(r, 0, sizeof *r);
	r->level = level_of(e->event);
	r->event = e->event;
	r->time_ms = clock_realtime_ms();
	r->message = generic_message(e->event);
	r->use = e->use;
	r->host = e->host;
	r->address = e->address;
	r->sni = e->sni;
	r->rule = e->rule;
	r->library = e->library;
	r->protocol = e->protocol;
	r->cipher = e->cipher;
	r->port = e->port;
	r->code = r->depth = r->enforced = -1;
}

/* ---- names for sentences ---------------------------------------------------------------------------- */
static const char *connection_name(struct evidence *e, const struct cert_info *leaf)
{
	const char *host = e->host && *e->host != '\0' ? e->host : e->address;
	if (!host) {
		if (leaf && leaf->subject.n > 0)
			return say(e, "the certificate of ", say_dn(e, leaf->subject),
				   (char *)NULL);
		return leaf ? "a certificate without a name" : "the server";
	}
	host = say_string(e, host);
	if (e->port == 0)
		return host;
	if (strchr(host, ':'))
		return say(e, "[", host, "]:", say_int(e, e->port), (char *)NULL);
	return say(e, host, ":", say_int(e, e->port), (char *)NULL);
}

/* Only what can stand in a section header; a name out of a certificate may be anything. */
static bool pattern_is_safe(const char *s, size_t n)
{
	if (n == 0 || n > 253)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char c = ascii_lower(s[i]);
		if (!((c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '-' || c == '.' ||
		      c == '_' || c == ':' || (c == '*' && i == 0 && n > 2 && s[1] == '.')))
			return false;
	}
	return true;
}

static const char *section_name(struct evidence *e, const struct cert_info *leaf, const char *ascii)
{
	const char *host = e->host && *e->host != '\0' ? e->host : e->address;
	if (host)
		return pattern_is_safe(host, strlen(host)) ? host : ascii ? ascii : "HOST";
	for (size_t i = 0; leaf && i < leaf->san_count; i++) {
		const struct text t = leaf->san[i];
		if (t.n <= 4 || memcmp(t.s, "DNS:", 4) != 0 || !pattern_is_safe(t.s + 4, t.n - 4))
			continue;
		const char *copy = arena_strndup(&e->arena, t.s + 4, t.n - 4);
		return copy ? copy : "HOST";
	}
	return "HOST";
}

static const struct verify_event *own_objection(const struct evidence *e)
{
	const struct verify_event *event = evidence_objection(e);
	return event && event->code == 0 ? event : NULL;
}

/* Where a rule says which CAs count, what the client's store has is no candidate. */
static void leave_out_the_store(struct evidence *e)
{
	size_t i, kept = 0;
	for (i = 0; e->only_place && i < e->near_count; i++) {
		if (e->near[i].candidate->from != FROM_STORE)
			e->near[kept++] = e->near[i];
	}
	if (e->only_place)
		e->near_count = kept;
}

static struct diagnosis *new_diagnosis(struct evidence *e, struct record *r)
{
	struct diagnosis *d = arena_alloc(&e->arena, sizeof *d);
	if (!d)
		return NULL;
	leave_out_the_store(e);
	d->e = e;
	d->r = r;
	d->first = evidence_headline(e);
	d->symbol = verify_symbol(d->first.code, e->version);
	d->with_rule = evidence_is_with_rule(e);
	d->objection = own_objection(e);
	d->leaf = e->chain_count > 0       ? &e->chain[0]
		  : e->presented_count > 0 ? &e->presented[0]
					   : NULL;
	d->culprit = d->first.code != 0 || d->objection ? certificate_at(e, d->first.depth) : NULL;
	d->who = connection_name(e, d->leaf);
	d->ascii_name = ascii_name(e, d->leaf);
	d->section = section_name(e, d->leaf, d->ascii_name);
	return d;
}

/* ---- families ------------------------------------------------------------------------------------------ */
/* curl and others look at the name by themselves, after a chain that OpenSSL found good; others do so in their callback. */
static bool names_another(const struct diagnosis *d)
{
	const struct evidence *e = d->e;
	return e->name_checked && !e->name_matches &&
	       (!d->objection || objection_may_be_the_name(d));
}

static void describe_code(struct diagnosis *d, int code, int depth)
{
	struct record *r = d->r;
	r->code = code;
	r->name = verify_code_name(code, d->e->version);
	if (!r->name && d->e->code_text)
		r->name = say_string(d->e, d->e->code_text);
	r->depth = depth;
}

/* curl and others look at the name by themselves, after a chain that OpenSSL found good. */
static void describe_verification(struct diagnosis *d)
{
	struct record *r = d->r;
	if (explain_enforced(d))
		return;
	if (d->first.code != 0)
		describe_code(d, d->first.code, d->first.depth);
	else if (d->objection && d->e->code != 0)
		describe_code(d, d->e->code, d->first.depth);
	r->enforced = d->e->enforced;
	r->cause = d->first.code != 0 ? verify_symbol_cause(d->symbol)
		   : names_another(d) ? CAUSE_NAME_MISMATCH
				      : objection_cause(d);
	if (cause_table[r->cause].family == FAMILY_ANCHOR || d->e->other_path_count > 0)
		r->cause = anchor_cause(d);
	if (cause_table[r->cause].family == FAMILY_ANCHOR)
		explain_anchor(d);
	else
		explain_verify(d);
	d->failure = r->cause;
}

static bool verification_ended_it(const struct diagnosis *d)
{
	return d->e->have_verification && d->first.code != 0 &&
	       (d->e->ssl_reason == SSL_R_CERTIFICATE_VERIFY_FAILED || d->e->enforced) &&
	       !d->e->after_handshake && d->e->alert_received < 0;
}

/* A program that verifies by a function of its own: OpenSSL only knows that it said no. */
static bool client_ended_it(const struct diagnosis *d)
{
	return !d->e->have_verification && d->e->ssl_reason == SSL_R_CERTIFICATE_VERIFY_FAILED &&
	       !d->e->after_handshake && d->e->alert_received < 0;
}

/* After a chain that OpenSSL found good: proof that the certificate is in public logs (SSL_CTX_enable_ct(3)). Where it is the function that
 * chooses the client's own certificate that failed (SSL_CTX_set_cert_cb(3)), the reason is the same one, and the alert internal_error. */
static bool scts_ended_it(const struct diagnosis *d)
{
	enum { ALERT_INTERNAL_ERROR = 80 };
	return (d->e->ssl_reason == SSL_R_CALLBACK_FAILED &&
		d->e->alert_sent != ALERT_INTERNAL_ERROR) ||
	       d->e->ssl_reason == SSL_R_NO_VALID_SCTS;
}

static void describe_scts(struct diagnosis *d)
{
	d->r->cause = CAUSE_SCTS_MISSING;
	d->r->code = d->e->ssl_reason;
	d->r->name = say_string(d->e, d->e->ssl_reason_text);
	explain_verify(d);
	d->failure = d->r->cause;
}

static void describe(struct diagnosis *d)
{
	switch (d->e->event) {
	case EVENT_VERIFY_FAILED:
		describe_verification(d);
		break;
	case EVENT_VERIFY_IGNORED:
		if (d->first.code != 0 || evidence_is_storeless(d->e))
			describe_verification(d);
		explain_unchecked(d);
		break;
	case EVENT_HANDSHAKE_FAILED:
		if (verification_ended_it(d) || client_ended_it(d))
			describe_verification(d);
		else if (scts_ended_it(d))
			describe_scts(d);
		else
			explain_handshake(d);
		break;
	case EVENT_LOAD_FAILED:
		explain_load(d);
		break;
	case EVENT_MENDED:
	case EVENT_WEAKENED:
	case EVENT_CONFIG_ERROR:
		explain_rule_event(d);
		break;
	case EVENT_HANDSHAKE_OK:
		d->r->message = say(d->e, "connected to ", d->who, (char *)NULL);
		break;
	default:
		break;
	}
}

static void describe_alert(struct diagnosis *d)
{
	const struct evidence *e = d->e;
	if (e->alert_received >= 0)
		d->r->alert =
		    say(d->e, "received:", say_int(d->e, e->alert_received), (char *)NULL);
	else if (e->alert_sent >= 0)
		d->r->alert = say(d->e, "sent:", say_int(d->e, e->alert_sent), (char *)NULL);
}

/* "142 anchors from /etc/ssl/certs/ca-certificates.crt" */
static void describe_store(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->anchor_count < 0 || d->first.code == 0)
		return;
	const char *count = say(e, say_int(e, e->anchor_count),
				e->anchor_count == 1 ? " anchor" : " anchors", (char *)NULL);
	if (e->store_text)
		count = say(e, count, " from ", say_string(e, e->store_text), (char *)NULL);
	else
		count = say(e, count, " loaded", (char *)NULL);
	if (e->store_searched)
		count =
		    say(e, count, "; directory ", e->store_searched, " is searched", (char *)NULL);
	if (e->store_unloaded)
		count = say(e, count, "; could not be loaded: ", e->store_unloaded, (char *)NULL);
	if (e->anchor_count == 0 && e->store_has_lookups && !e->store_text && !e->store_searched &&
	    e->default_dir)
		count = say(e, count, "; a client with default settings also looks into ",
			    say_string(e, e->default_dir), (char *)NULL);
	d->r->store = count;
}

/* Faults that the server shows to everybody: when they are mended is seen from anywhere. */
static bool is_shown_by_the_server(enum cause c)
{
	static const enum cause shown[] = {CAUSE_EXPIRED,
					   CAUSE_NOT_YET_VALID,
					   CAUSE_NAME_MISMATCH,
					   CAUSE_NO_SAN,
					   CAUSE_SNI_NOT_SENT,
					   CAUSE_INTERMEDIATE_NOT_SENT,
					   CAUSE_INCOMPLETE_CHAIN,
					   CAUSE_WEAK_KEY,
					   CAUSE_WEAK_DIGEST,
					   CAUSE_WRONG_PURPOSE,
					   CAUSE_MALFORMED_CERTIFICATE,
					   CAUSE_UNKNOWN_CRITICAL_EXTENSION,
					   CAUSE_DH_KEY_SMALL,
					   CAUSE_SERVER_TOO_OLD,
					   CAUSE_LEGACY_RENEGOTIATION};
	for (size_t i = 0; i < ARRAY_LENGTH(shown); i++) {
		if (shown[i] == c)
			return true;
	}
	return false;
}

/* The server sent the CA that the section is about, and that is all of the section. */
static bool proposes_what_was_sent(const struct diagnosis *d)
{
	static const char indent[] = "    ", key[] = "    ExtraCAFile";
	if (d->r->cause != CAUSE_UNTRUSTED_ROOT && d->r->cause != CAUSE_SELF_SIGNED)
		return false;
	for (size_t i = 0; i < d->r->help_count; i++) {
		if (strncmp(d->help[i], key, sizeof key - 1) != 0)
			continue;
		return !leaf_is_for_another(d->e) &&
		       (i + 1 == d->r->help_count ||
			strncmp(d->help[i + 1], indent, sizeof indent - 1) != 0);
	}
	return false;
}

/* How to see that it worked, or how to do it in one step. Not where TLS begins after something else. */
static void note_how_to_see(struct diagnosis *d)
{
	const char *name;
	if ((d->e->event != EVENT_VERIFY_FAILED && d->e->event != EVENT_HANDSHAKE_FAILED) ||
	    !d->e->host || d->e->port == 0 || d->e->datagram || strcmp(d->section, "HOST") == 0 ||
	    d->ascii_name || greeting_of_port(d->e->port, &name))
		return;
	if (proposes_what_was_sent(d))
		note_line(d, say(d->e, RECORD_ONE_STEP "tlsmend trust ", d->who, (char *)NULL));
	else if (is_shown_by_the_server(d->r->cause) &&
		 !(d->first.depth > 0 && is_from_here(d->culprit)))
		note_line(d, say(d->e, RECORD_TO_SEE "tlsmend view ", d->who, (char *)NULL));
}

/* What is equal proves nothing: then something else is wrong than what these two show. */
static void compare_evidence(struct record *r)
{
	if (r->expected && r->presented && strcmp(r->expected, r->presented) == 0)
		r->expected = r->presented = NULL;
}

static void describe_ending(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->protocol)
		d->r->ending = say(e, say_string(e, e->protocol),
				   e->resumed ? "; resumed" : "; not resumed", (char *)NULL);
}

void diagnose(struct evidence *e, struct record *r)
{
	begin(e, r);
	struct diagnosis *d = new_diagnosis(e, r);
	if (!d)
		return;
	describe(d);
	compare_evidence(r);
	describe_alert(d);
	describe_store(d);
	describe_ending(d);
	if (e->event == EVENT_VERIFY_FAILED || e->event == EVENT_VERIFY_IGNORED || d->r->code >= 0)
		draw_chain(d);
	note_enforced(d);
	add_notes(d);
	note_how_to_see(d);
	if (e->arena.failed) {
		const enum cause cause = r->cause;
		begin(e, r); /* half a record could say something wrong */
		r->cause = cause;
		return;
	}
	r->help = d->help;
	r->notes = d->notes;
	r->waived = d->waived;
}
