/* SPDX-License-Identifier: ISC
 *
 * What the client does not check (causes.md#unchecked), and events about a rule.
 */
#include "diagnosis.h"

#include <tlsmend/evidence.h>

#include <string.h>

static enum cause unchecked_cause(const struct diagnosis *d)
{
	if (d->first.code == 0 && !evidence_is_storeless(d->e))
		return CAUSE_NAME_NOT_CHECKED;
	return d->e->verify_peer ? CAUSE_ERROR_WAIVED : CAUSE_VERIFICATION_OFF;
}

/* Qt reads the common name as well, whatever subjectAltName says. */
static void say_common_name(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *name = say_text(e, d->leaf->common_name);
	if (!e->host || ascii_casecmp(name, e->host) != 0)
		return;
	d->r->message = say(e, "went on with ", d->who, ": its certificate belongs to another name",
			    (char *)NULL);
	note_line(d, say(e, "the certificate has ", name,
			 " as its common name only, which current rules do not accept; the program "
			 "may have gone by it",
			 (char *)NULL));
}

/* .NET compares names always, and tells the program. */
static void help_dotnet_callback(struct diagnosis *d)
{
	help_line(
	    d, "once that is mended, have the program's validation callback "
	       "(RemoteCertificateValidationCallback, ServerCertificateCustomValidationCallback) "
	       "accept nothing but SslPolicyErrors.None, unless it checks the certificate in a "
	       "way of its own");
}

/* Of a program that nobody can change. */
static void help_enforce(struct diagnosis *d)
{
	help_section(d, "or have it verified here, whatever the program accepts:",
		     "EnforceVerification = yes", (char *)NULL);
}

/* After describe_verification(): keeps what it found out, as the failure that the client did not mind. */
void explain_unchecked(struct diagnosis *d)
{
	struct evidence *e = d->e;
	struct record *r = d->r;
	const char *failure = cause_table[r->cause].word;
	r->cause = unchecked_cause(d);
	if (r->cause != CAUSE_NAME_NOT_CHECKED && r->why)
		r->why = say(e,
			     r->cause == CAUSE_ERROR_WAIVED ? "what it accepted ("
							    : "it would have failed (",
			     failure, "): ", r->why, (char *)NULL);
	r->message =
	    say(e, "went on with ", d->who, ": ",
		r->cause == CAUSE_ERROR_WAIVED
		    ? say(e, e->framework == FRAMEWORK_DOTNET ? ".NET" : "OpenSSL",
			  " found its certificate wrong, and the program itself accepted it",
			  (char *)NULL)
		: r->cause == CAUSE_VERIFICATION_OFF && e->looked
		    ? "this client does not insist on verification; it looked at the result or the "
		      "certificate, and sent data all the same"
		    : cause_table[r->cause].title,
		(char *)NULL);
	if (r->cause == CAUSE_NAME_NOT_CHECKED && d->leaf) {
		r->expected = e->host;
		r->presented = list_names(d, d->leaf);
		r->why = say(e, "the chain is good, but the certificate names ", r->presented,
			     e->framework == FRAMEWORK_DOTNET
				 ? ", and the client accepted that it does not name "
				 : ", and OpenSSL was not asked whether that is ",
			     say_string(e, e->host), (char *)NULL);
		if (e->framework !=
		    FRAMEWORK_DOTNET) /* which did look at it, and told the program */
			say_common_name(d);
		help_line(d, "if this is the right server, connect by a name that its certificate "
			     "carries, or have its operator add this name");
	}
	if (e->framework == FRAMEWORK_DOTNET) {
		help_dotnet_callback(d);
		help_enforce(d);
		return;
	}
	if (r->cause == CAUSE_ERROR_WAIVED) {
		help_line(d, "once that is mended, have the program treat certificate errors as "
			     "errors, unless it checks the certificate in a way of its own");
		help_enforce(d);
		return;
	}
	/* Last, because only what is mended can be checked. */
	if (!help_section(
		d,
		r->cause == CAUSE_NAME_NOT_CHECKED
		    ? "and have the name checked from then on, by the client's own setting or here:"
		    : "then have it verified, by the client's own setting or here:",
		"EnforceVerification = yes", (char *)NULL))
		help_line(d,
			  r->cause == CAUSE_NAME_NOT_CHECKED
			      ? "and switch the check of the name on in the client's own settings"
			      : "then switch verification on in the client's own settings");
}

static const char *key_words(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (!e->key)
		return "a rule";
	return say(e, e->key, " = ", say_string(e, e->key_value), (char *)NULL);
}

void explain_rule_event(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->event == EVENT_MENDED && e->dry_count > 0)
		d->r->message = say(e, RECORD_DRY_RUN, "connection to ", d->who, ": ",
				    say_string(e, e->dry[0].key), " ",
				    say_string(e, e->dry[0].text), (char *)NULL);
	else if (e->event == EVENT_MENDED)
		d->r->message = say(e, "connection to ", d->who, " made possible by ", key_words(d),
				    (char *)NULL);
	else if (e->event == EVENT_WEAKENED)
		d->r->message =
		    say(e, "connection to ", d->who, " weakened by ", key_words(d), (char *)NULL);
	else if (e->key && e->key_effect && strcmp(e->key_effect, "expired") == 0)
		d->r->message = say(e, key_words(d), " for ", d->who,
				    " no longer counts: it was for the time until ",
				    say_string(e, e->until), (char *)NULL);
	else
		return;
	if (e->key_place || e->rule)
		d->r->why = say(e, "by the rule ",
				say_string(e, e->key_place ? e->key_place : e->rule), (char *)NULL);
	if (e->reason)
		note_line(d, say(e, "its reason: ", say_string(e, e->reason), (char *)NULL));
	if (e->until && e->event != EVENT_CONFIG_ERROR)
		note_line(d, say(e, "it counts until ", say_string(e, e->until), (char *)NULL));
	if (e->event == EVENT_CONFIG_ERROR)
		help_line(d, "where it is no longer needed, take it out; where it is, write a "
			     "later day (Until)");
	else if (e->event == EVENT_WEAKENED && (!e->until || !e->reason))
		help_line(d, "say in the section why it is needed (Reason) and on which day it "
			     "ends (Until)");
}
