/* SPDX-License-Identifier: ISC
 *
 * Certificates that are not valid at this time, and clocks that are wrong.
 */
#include "diagnosis.h"

/* A day on which this source already existed; a clock before it is wrong. Not __DATE__: builds are reproducible. */
#ifndef TLSMEND_BUILD_EPOCH
#define TLSMEND_BUILD_EPOCH 1793491200 /* 2026-11-01 */
#endif

enum { DAY = 86400, YEAR = 365 * DAY };
enum {
	USE_CHECK_TIME = 0x2
}; /* X509_V_FLAG_USE_CHECK_TIME: the client chose the time, so no clock is to blame */

static const char *clock_name(const struct evidence *e)
{
	if ((e->verify_flags & USE_CHECK_TIME) != 0)
		return "the time that the client chose";
	return e->system_now != 0 ? "the clock that this program is shown" : "this machine's clock";
}

static bool clock_before_all(const struct evidence *e)
{
	if (e->now == 0 || e->chain_count == 0)
		return false;
	for (size_t i = 0; i < e->chain_count; i++) {
		if (e->chain[i].not_before == INT64_MIN ||
		    e->now > e->chain[i].not_before - 2 * (int64_t)YEAR)
			return false;
	}
	return true;
}

/* An expired certificate is expired all the more where the clock is slow, so only "not yet valid" can be its fault. */
static bool clock_is_wrong(const struct evidence *e)
{
	return e->now != 0 && (e->verify_flags & USE_CHECK_TIME) == 0 &&
	       (e->now < TLSMEND_BUILD_EPOCH || clock_before_all(e));
}

bool is_good_by_system(const struct evidence *e, const struct cert_info *c)
{
	return e->system_now != 0 && c && c->not_before <= e->system_now &&
	       e->system_now <= c->not_after;
}

enum cause date_cause(const struct diagnosis *d)
{
	if (is_good_by_system(d->e, d->culprit))
		return CAUSE_CLOCK_WRONG;
	if (d->symbol == VERIFY_CERT_HAS_EXPIRED)
		return CAUSE_EXPIRED;
	return clock_is_wrong(d->e) ? CAUSE_CLOCK_WRONG : CAUSE_NOT_YET_VALID;
}

static const char *days(struct diagnosis *d, int64_t seconds)
{
	const int64_t n = seconds / DAY;
	return n == 1 ? "1 day" : say(d->e, say_int(d->e, n), " days", (char *)NULL);
}

/* A clock that is years ahead cannot be told from a machine that was forgotten for years. */
static bool all_have_expired(const struct evidence *e)
{
	if ((e->verify_flags & USE_CHECK_TIME) != 0 || e->chain_count < 2 ||
	    !e->chain[e->chain_count - 1].self_issued)
		return false;
	for (size_t i = 0; i < e->chain_count; i++) {
		if (e->chain[i].not_after == INT64_MIN || e->chain[i].not_after >= e->now)
			return false;
	}
	return true;
}

static void say_expired(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;
	d->r->message =
	    say(e, "cannot trust ", d->who, ": ", whose(d), " has expired", (char *)NULL);
	if (c && e->now != 0) {
		d->r->expected = say(e, "valid on ", say_date(e, e->now), (char *)NULL);
		d->r->presented = say(e, "valid until ", say_date(e, c->not_after), (char *)NULL);
	}
	if (c && c->not_after != INT64_MIN)
		d->r->why = say(e, whose(d), " was valid until ", say_date(e, c->not_after),
				e->now > c->not_after ? say(e, ", ", days(d, e->now - c->not_after),
							    " ago by ", clock_name(e), " (",
							    say_date(e, e->now), ")", (char *)NULL)
						      : "",
				(char *)NULL);
	if (all_have_expired(e))
		help_line(d,
			  "check this machine's clock (date -u) first: by it every certificate of "
			  "the chain has expired, up to the root");
	if (d->first.depth > 0 && is_from_here(c))
		return; /* help_from_here() */
	if (d->first.depth > 0) {
		help_line(d, "the server's operator has to send a newer certificate of that CA, or "
			     "none if it is an old cross-signed one");
		if (c && c->trusted_by_client)
			help_line(d,
				  say(e, "it has to go on this machine too, where the same one is ",
				      stored_place(d, c), ", since OpenSSL prefers that",
				      (char *)NULL));
	} else
		help_line(d, "the server's operator has to renew the certificate, and to restart "
			     "the service if it still uses the old one");
}

static void say_not_yet(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;
	d->r->message =
	    say(e, "cannot trust ", d->who, ": ", whose(d), " is not valid yet", (char *)NULL);
	if (c && e->now != 0) {
		d->r->expected = say(e, "valid on ", say_date(e, e->now), (char *)NULL);
		d->r->presented = say(e, "valid from ", say_date(e, c->not_before), (char *)NULL);
	}
	if (c && c->not_before != INT64_MIN)
		d->r->why = say(e, whose(d), " is valid from ", say_date(e, c->not_before), "; ",
				clock_name(e), " says ", say_date(e, e->now), (char *)NULL);
	if (is_from_here(c))
		help_line(
		    d,
		    "check this machine's clock (date -u) first; if it is right:"); /* help_from_here() */
	else
		help_line(d, say(e,
				 "check this machine's clock (date -u); if it is right, the "
				 "server's operator has to ",
				 d->first.depth > 0 ? "send the former certificate of that CA"
						    : "use the former certificate",
				 " until that day", (char *)NULL));
}

static void say_clock(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (is_good_by_system(e, d->culprit)) {
		d->r->message = say(e, "cannot trust ", d->who,
				    ": this program is shown a wrong time", (char *)NULL);
		d->r->why = say(e, "dates are checked against ", say_date(e, e->now),
				", while the machine's clock says ", say_date(e, e->system_now),
				"; by that, ", whose(d), " is valid (from ",
				say_date(e, d->culprit->not_before), " to ",
				say_date(e, d->culprit->not_after), ")", (char *)NULL);
		help_line(d, "take what shows this program another time out of its environment "
			     "(libfaketime in LD_PRELOAD, or started by faketime)");
		return;
	}
	d->r->message =
	    say(e, "cannot trust ", d->who, ": the clock of this machine is wrong", (char *)NULL);
	d->r->why = say(e, "this machine's clock says ", say_date(e, e->now),
			e->now < TLSMEND_BUILD_EPOCH
			    ? ", which is before this version of tlsmend was made"
			    : ", which is years before every certificate of the chain",
			(char *)NULL);
	help_line(d, "set the clock, and start this service only after time synchronisation "
		     "(systemd: After=time-sync.target)");
}

void explain_dates(struct diagnosis *d)
{
	if (d->r->cause == CAUSE_EXPIRED)
		say_expired(d);
	else if (d->r->cause == CAUSE_NOT_YET_VALID)
		say_not_yet(d);
	else
		say_clock(d);
}
