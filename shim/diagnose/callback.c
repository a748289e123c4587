/* SPDX-License-Identifier: ISC
 *
 * What the client's own callback made of a verification: what it waived, and what it refused where OpenSSL found nothing.
 */
#include "diagnosis.h"

#include <tlsmend/evidence.h>

enum {
	UNSPECIFIED = 1,
	HOSTNAME_MISMATCH = 62,
	ADDRESS_MISMATCH = 64,
	REJECTED_BY_APPLICATION = 50
};

/* The error that the callback put into the context to say why; 0: none that says anything. */
static int given_reason(const struct verify_event *event)
{
	return event->after == UNSPECIFIED || event->after == REJECTED_BY_APPLICATION
		   ? 0
		   : event->after;
}

/* A "no" at the leaf, without a reason, and the leaf does carry another name: most programs look at nothing else there. */
bool objection_may_be_the_name(const struct diagnosis *d)
{
	const int reason = given_reason(d->objection);
	/* who was given an address may have no name to look for (OpenVPN, which has checks of other kinds) */
	if (d->e->names_unread && d->e->host && name_is_address(d->e->host))
		return false;
	return d->objection->depth == 0 && !d->e->name_asked &&
	       (reason == 0 || reason == HOSTNAME_MISMATCH || reason == ADDRESS_MISMATCH ||
		evidence_waives(d->e, reason));
}

/* OpenSSL leaves OCSP to the program (until 3.6), and has codes with which its callback can say so. */
enum cause objection_cause(struct diagnosis *d)
{
	const enum verify_symbol s =
	    verify_symbol(d->objection ? given_reason(d->objection) : 0, d->e->version);
	if (verify_symbol_cause(s) != CAUSE_OCSP)
		return CAUSE_CLIENT_REFUSED;
	d->symbol = s;
	return CAUSE_OCSP;
}

static const char *reason_words(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const int code = d->objection ? given_reason(d->objection) : 0;
	const char *name = verify_code_name(code, e->version);
	if (code == 0 || !name || evidence_waives(e, code))
		return "";
	return say(e, ", and gave as its reason: ",
		   cause_table[verify_symbol_cause(verify_symbol(code, e->version))].title, " (",
		   name, ")", (char *)NULL);
}

static bool waived_any(const struct evidence *e)
{
	for (size_t i = 0; i < e->event_count; i++) {
		if (evidence_is_waived(e, &e->events[i]))
			return true;
	}
	return false;
}

static bool refused_late(const struct evidence *e)
{
	for (size_t i = 0; i < e->event_count; i++) {
		if (evidence_is_refused_late(e, &e->events[i]))
			return true;
	}
	return false;
}

void explain_late_refusal(struct diagnosis *d)
{
	if (d->e->event_count && d->r->why && refused_late(d->e))
		d->r->why = say(d->e, d->r->why,
				"; the program's own function let that pass at first, and refused "
				"the connection at the end, most likely for that",
				(char *)NULL);
}

/* The first one that a callback is shown of a chain that is good so far, and no reason given: a count is what it has against that one most easily. */
static bool refused_far_up(const struct diagnosis *d)
{
	return d->objection && d->objection->depth >= 2 && given_reason(d->objection) == 0 &&
	       !waived_any(d->e);
}

void explain_objection(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (d->r->cause == CAUSE_OCSP)
		return;
	if (d->r->cause != CAUSE_CLIENT_REFUSED) {
		d->r->why = say(e, d->r->why,
				"; OpenSSL was not asked to check the name, it was a check of the "
				"program's own that refused this certificate, most likely for that",
				(char *)NULL);
		return;
	}
	if (!d->objection)
		d->r->why = "OpenSSL found the chain valid; the program's own verification, which "
			    "has the last word, refused it";
	else
		d->r->why = say(e,
				waived_any(e)
				    ? "what OpenSSL found wrong, the program accepted; but its own "
				      "check refused "
				    : "OpenSSL found nothing wrong here; a check of the program's "
				      "own refused ",
				whose(d), reason_words(d), (char *)NULL);
	help_line(d,
		  "the program's own log and settings say what it demands: a pinned certificate or "
		  "key, a list of accepted names or issuers, or a rule of its own");
	if (refused_far_up(d))
		help_line(d, say(e,
				 "it may also be a limit for the length of a chain, as "
				 "SSLProxyVerifyDepth of Apache, which is 1 unless it is set: "
				 "this certificate stands at depth ",
				 say_int(e, d->objection->depth), (char *)NULL));
}

/* ---- what it waived -------------------------------------------------------------------------------- */

static void waive(struct diagnosis *d, int code, int depth)
{
	struct evidence *e = d->e;
	const char *name = verify_code_name(code, e->version);
	if (d->r->waived_count >= DIAGNOSIS_LINES)
		return;
	d->waived[d->r->waived_count++] = say(
	    e, name ? name : "code", " (", say_int(e, code), ") at depth ", say_int(e, depth), ": ",
	    cause_table[verify_symbol_cause(verify_symbol(code, e->version))].title, (char *)NULL);
}

static bool took_errors_back(const struct evidence *e)
{
	for (size_t i = 0; i < e->event_count; i++) {
		if (evidence_is_waived(e, &e->events[i]) && e->events[i].after == 0)
			return true;
	}
	return false;
}

static void list_waived(struct diagnosis *d)
{
	struct evidence *e = d->e;
	for (size_t i = 0; i < e->event_count; i++) {
		if (evidence_is_waived(e, &e->events[i]))
			waive(d, e->events[i].code, e->events[i].depth);
	}
	if (e->event_count > 0 || d->r->cause != CAUSE_ERROR_WAIVED)
		return;
	/* Its callback cannot be seen in old versions: everything that was found, since the chain passed. Where it did not, a function
	 * of the client's around the whole verification let it pass with the error that it stopped at. */
	for (size_t i = 0; e->passed && i < e->error_count; i++)
		waive(d, e->errors[i].code, e->errors[i].depth);
	if (!e->passed && e->code != 0)
		waive(d, e->code, e->depth);
}

void note_callback(struct diagnosis *d)
{
	struct evidence *e = d->e;
	list_waived(d);
	if (d->r->cause == CAUSE_ERROR_WAIVED)
		note_line(
		    d, "the program's own code accepted this, perhaps on grounds of its own (a "
		       "pinned certificate, a list of exceptions), which cannot be seen from here");
	if (d->r->waived_count > 0 && took_errors_back(e))
		note_line(
		    d, "the program's callback also took the error back, so whoever asks OpenSSL "
		       "for the result is told that all is well");
	if (e->event == EVENT_VERIFY_FAILED && e->passed && e->have_connection &&
	    e->event_count > 0)
		note_line(d, e->said_bye ? "the program's callback let the handshake finish; the "
					   "program sent no more than a short goodbye (QUIT or "
					   "the like), and the connection ended"
					 : "the program's callback let the handshake finish; the "
					   "connection ended before the program sent anything");
}
