/* SPDX-License-Identifier: ISC
 *
 * What a rule demands of a connection (EnforceVerification, PinSHA256) and was not met, where the client itself says nothing.
 */
#include "diagnosis.h"

#include <tlsmend/policy.h>

static const char *pin_of(struct diagnosis *d, const struct cert_info *c)
{
	char text[PIN_TEXT];
	pin_format(c->spki_sha256, text);
	return say(d->e, text, (char *)NULL);
}

/* The keys of the chain, the leaf's first. */
static const char *pins_shown(struct diagnosis *d)
{
	enum { SHOWN = 6 };
	const struct evidence *e = d->e;
	const bool built = e->chain_count > 0;
	const struct cert_info *list = built ? e->chain : e->presented;
	const size_t n = built ? e->chain_count : e->presented_count;
	const char *text = "";
	for (size_t i = 0; i < n && i < SHOWN; i++)
		text = say(d->e, text, i > 0 ? ", " : "",
			   list[i].have_sha256 ? pin_of(d, &list[i]) : "?", " of ",
			   say_subject(d->e, &list[i]), (char *)NULL);
	return n > 0 ? text : NULL;
}

static void say_pins(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->cause = CAUSE_PINNED_ELSEWHERE;
	d->r->message = say(e, "cannot trust ", d->who, ": ",
			    cause_table[CAUSE_PINNED_ELSEWHERE].title, (char *)NULL);
	d->r->expected = say_string(e, e->pins);
	d->r->presented = pins_shown(d);
	d->r->why =
	    say(e, "the rule wants one of the keys ", d->r->expected,
		d->first.code != 0
		    ? "; the server's certificate has none of them, and its chain could not be "
		      "verified, so that no issuer's key counts"
		    : "; neither the server's certificate nor an issuer in its verified "
		      "chain has one of them",
		d->r->presented ? "; presented: " : "", d->r->presented ? d->r->presented : "",
		(char *)NULL);
	help_line(
	    d,
	    "ask the server's operator whether its key was renewed on purpose; if so, add the new "
	    "key's pin beside the old one; if not, somebody else answers there");
}

static void say_unmet(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *why = e->demand_problem ? e->demand_problem : e->rule_problem;
	d->r->cause = CAUSE_DEMAND_UNMET;
	d->r->message = say(e, "connection to ", d->who,
			    " refused: ", cause_table[CAUSE_DEMAND_UNMET].title, (char *)NULL);
	d->r->why =
	    say(e, "by ", say_string(e, e->demand), why ? ": " : ", and nothing could be verified",
		why ? why : "", (char *)NULL);
	help_line(
	    d,
	    "a strengthening key closes the connection where it cannot be met: mend what the rule "
	    "needs, or the rule");
}

bool explain_enforced(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (!e->demand)
		return false;
	if (e->pins)
		say_pins(d);
	else if (d->first.code == 0)
		say_unmet(d);
	else
		return false;
	d->r->enforced = 1;
	d->failure = d->r->cause;
	return true;
}

void note_enforced(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (!e->demand)
		return;
	note_line(d, say(e, "it ended because of ", say_string(e, e->demand),
			 e->demand_problem ? " (" : "", e->demand_problem ? e->demand_problem : "",
			 e->demand_problem ? ")" : "",
			 e->demand_went_on ? "; the client itself would have gone on" : "",
			 (char *)NULL));
}
