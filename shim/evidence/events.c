/* SPDX-License-Identifier: ISC
 *
 * What the client's own callback made of a verification: which error ended it, which ones it waived.
 */
#include <tlsmend/evidence.h>

#include <tlsmend/vocabulary.h>

enum { INVALID_PURPOSE = 26 };

static bool is_last(const struct evidence *e, const struct verify_event *event)
{
	return event == &e->events[e->event_count - 1];
}

/* Did OpenSSL take the answer for a no? A negative one only at the end of the path. */
static bool is_refusal(const struct evidence *e, const struct verify_event *event)
{
	return event->answer == 0 || (event->answer < 0 && !e->passed && is_last(e, event));
}

static bool names_another(const struct evidence *e)
{
	return e->name_checked && !e->name_matches;
}

/* A client that collects what is wrong, as serf does: it lets each error pass, and says no at the end, with an error that it was told of still
 * standing there. What it looks at by itself at the leaf is the name, if anything. */
bool evidence_is_refused_late(const struct evidence *e, const struct verify_event *event)
{
	const struct verify_event *last = &e->events[e->event_count - 1];
	return event->code != 0 && last->code == 0 && last->after == event->code &&
	       is_refusal(e, last) && !names_another(e);
}

bool evidence_is_waived(const struct evidence *e, const struct verify_event *event)
{
	return event->code != 0 && !is_refusal(e, event) && !evidence_is_refused_late(e, event);
}

bool evidence_waives(const struct evidence *e, int code)
{
	bool waived = false;
	for (size_t i = 0; i < e->event_count; i++) {
		if (e->events[i].code != code)
			continue;
		if (!evidence_is_waived(e, &e->events[i]))
			return false;
		waived = true;
	}
	return waived;
}

const struct verify_event *evidence_objection(const struct evidence *e)
{
	for (size_t i = 0; i < e->event_count; i++) {
		if (!evidence_is_waived(e, &e->events[i]))
			return &e->events[i];
	}
	return NULL;
}

/* What the client itself had to do with, without the rule's trust. */
static struct verify_error seen_by_client(const struct evidence *e)
{
	const struct verify_event *event = evidence_objection(e);
	if (!event && e->passed && e->event_count > 0)
		event = &e->events[0];
	return event ? (struct verify_error){event->code, event->depth}
		     : (struct verify_error){e->code, e->depth};
}

static bool wants_anchor(const struct evidence *e, int code)
{
	return cause_trust_may_act(verify_symbol_cause(verify_symbol(code, e->version)));
}

bool evidence_is_with_rule(const struct evidence *e)
{
	const struct verify_error seen = seen_by_client(e);
	if (e->error_count == 0 || seen.code == 0 || !wants_anchor(e, seen.code))
		return false;
	/* without the rule's trust the missing anchor would stand among the errors */
	for (size_t i = 0; i < e->error_count; i++) {
		if (wants_anchor(e, e->errors[i].code))
			return false;
	}
	return true;
}

bool evidence_is_storeless(const struct evidence *e)
{
	return e->event == EVENT_VERIFY_IGNORED && e->anchor_count == 0 && !e->store_has_lookups &&
	       !e->store_text && !e->store_searched && !e->store_unloaded && !e->only_place &&
	       !e->demand;
}

/* The first error that no further CA would mend; code 0: none. */
static struct verify_error other_error(const struct evidence *e)
{
	for (size_t i = 0; i < e->error_count; i++) {
		if (!wants_anchor(e, e->errors[i].code))
			return e->errors[i];
	}
	return (struct verify_error){0, 0};
}

/* ... with the system's trust: by the trial, which also looks at what OpenSSL leaves out where the chain has no end. */
static struct verify_error error_with_anchor(const struct evidence *e)
{
	const struct verify_error tried = e->system_objection;
	return e->system_tried == TRIED_BAD && tried.code != 0 && !wants_anchor(e, tried.code)
		   ? tried
		   : other_error(e);
}

/* ... than what a client that verifies nothing was asked for. An address says nothing of that: some resolve names by themselves (c-ares). */
static bool misses_who_was_asked_for(const struct evidence *e)
{
	return names_another(e) && (e->expected_name || !e->host_is_address);
}

/* The only thing that is wrong is that nothing was loaded. */
static bool would_have_an_anchor(const struct evidence *e)
{
	return evidence_is_storeless(e) && e->system_root && e->error_count > 0 &&
	       wants_anchor(e, seen_by_client(e).code);
}

bool evidence_is_faultless(const struct evidence *e)
{
	return would_have_an_anchor(e) && e->system_tried != TRIED_BAD &&
	       other_error(e).code == 0 && !misses_who_was_asked_for(e);
}

/* Among the errors that were collected this one is not: the verification of a revocation list's own signer runs in between, and its
 * errors are not about this chain; and records of the DNS (DANE) are the connection's alone. */
static bool lies_outside(const struct evidence *e)
{
	const enum verify_symbol s = verify_symbol(e->code, e->version);
	return s == VERIFY_CRL_PATH_VALIDATION_ERROR || s == VERIFY_DANE_NO_MATCH;
}

static bool is_about_lists(const struct evidence *e, int code)
{
	const enum cause c = verify_symbol_cause(verify_symbol(code, e->version));
	return c == CAUSE_CRL_UNAVAILABLE || c == CAUSE_CRL_INVALID;
}

static bool is_about_clients_root(const struct evidence *e, int code)
{
	return e->root_is_clients &&
	       verify_symbol(code, e->version) == VERIFY_SELF_SIGNED_CERT_IN_CHAIN;
}

/* OpenSSL looks at revocation lists first. .NET collects all errors, and with a list it would still not take a certificate that has expired. */
static struct verify_error first_that_counts(const struct evidence *e)
{
	for (size_t i = 0; e->framework == FRAMEWORK_DOTNET && i < e->error_count; i++) {
		const int code = e->errors[i].code;
		if (!is_about_lists(e, code) && !is_about_clients_root(e, code))
			return e->errors[i];
	}
	return e->errors[0];
}

/* OpenSSL stops there at the latest where it compares the name itself: what it finds then is of no use under another name. */
static bool comes_after_the_name(const struct evidence *e, int code)
{
	const enum cause c = verify_symbol_cause(verify_symbol(code, e->version));
	return c == CAUSE_EXPIRED || c == CAUSE_NOT_YET_VALID || is_about_lists(e, code);
}

int evidence_unsuited(const struct evidence *e)
{
	for (size_t i = 0; i < e->chain_count; i++) {
		if (e->chain[i].has_extended_key_usage && !e->chain[i].eku_server)
			return (int)i;
	}
	return -1;
}

/* .NET compares purposes and the name by itself, whatever it found before: they stand where OpenSSL would look at them. */
static struct verify_error with_own_comparison(const struct evidence *e, struct verify_error first)
{
	const int unsuited = evidence_unsuited(e);
	if (e->framework != FRAMEWORK_DOTNET || !comes_after_the_name(e, first.code))
		return first;
	if (unsuited >= 0)
		return (struct verify_error){INVALID_PURPOSE, unsuited};
	/* of one that went on it is told that the chain was not good, and the name beside */
	if (names_another(e) && e->event != EVENT_VERIFY_IGNORED)
		return (struct verify_error){0, 0};
	return first;
}

bool evidence_is_about_lists(const struct evidence *e, bool known)
{
	if (e->error_count == 0)
		return false;
	const int code = first_that_counts(e).code;
	return is_about_lists(e, code) ||
	       (known && verify_symbol(code, e->version) == VERIFY_CERT_REVOKED);
}

struct verify_error evidence_headline(const struct evidence *e)
{
	const struct verify_error seen = seen_by_client(e);
	if (evidence_is_with_rule(e))
		return e->errors[0];
	if (would_have_an_anchor(e) &&
	    (error_with_anchor(e).code != 0 || misses_who_was_asked_for(e)))
		return error_with_anchor(e);
	if (e->event_count > 0 || e->error_count == 0 || lies_outside(e))
		return seen;
	return with_own_comparison(e, first_that_counts(e));
}
