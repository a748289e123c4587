/* SPDX-License-Identifier: ISC
 *
 * What became of a connection: first the questions, then the answers.
 */
#include "remember.h"

enum {
	/* A server decides about the client's certificate at once. One that ends the connection later, or after it said something, had other
	 * reasons. */
	DECIDED_WITHIN_MS = 10000,
	ALERT_AT_MOST = 64,
	/* Some clients only read (FTP data). A server that speaks first sends less before it is answered. */
	MUCH = 16384,
	/* A handshake that the client lets go of at once it may have had no more use for. */
	PATIENCE_MS = 1000,
	TLS1_3 = 0x0304,
	/* (OWN) names */
	NAMES_DO_NOT_FIT = 2,
	NAMES_FIT = 3,
};

static const struct verdict NOTHING = {OUTCOME_OPEN, REASON_NONE};

static struct verdict failed(enum reason reason)
{
	return (struct verdict){OUTCOME_FAILED, reason};
}

static struct verdict went_on(enum reason reason)
{
	return (struct verdict){OUTCOME_WENT_ON, reason};
}

/* ---- questions ------------------------------------------------------------------------------------------------------------ */

bool story_told(const struct story *s)
{
	return s->outcome == OUTCOME_FAILED || s->outcome == OUTCOME_WENT_ON;
}

/* It knew, and what it said since may be no more than that it leaves: Postfix, where it must not go on without a certificate that it trusts, says
 * QUIT and is gone. */
static bool says_bye(const struct story *s)
{
	return s->bye && (s->asked || s->told || s->names);
}

static bool has_gone_on(const struct story *s)
{
	return (s->data_taken && !says_bye(s)) || s->data_in > MUCH;
}

/* ... and is answered, so that the server did not mind either. */
bool story_went_on(const struct story *s)
{
	return has_gone_on(s) && s->data_in > 0;
}

/* Is anything open that the client's next steps decide? */
static bool is_open(const struct story *s)
{
	return s->bad || s->unnamed || s->nameless || s->left || s->own_failed || s->requested;
}

bool story_asks_for_data(const struct story *s)
{
	return s->done && !story_told(s) && !story_went_on(s) && is_open(s);
}

bool story_waits(const struct story *s)
{
	return s->outcome == OUTCOME_OPEN && !s->ended && s->done &&
	       (s->bad || s->unnamed || s->own_failed);
}

/* Does this client verify by itself what OpenSSL did not? */
static bool verifies_itself(const struct story *s)
{
	return s->left && s->own_always;
}

/* Only a server that asked for a certificate decides about one after a TLS 1.3 handshake. */
static bool awaits_answer(const struct story *s)
{
	return s->done && s->requested && s->version == TLS1_3;
}

static bool has_no_answer(const struct story *s, uint64_t in)
{
	return awaits_answer(s) && in == s->in_at_done;
}

static bool is_unanswered(const struct story *s, uint64_t now_ms, uint64_t in)
{
	return has_no_answer(s, in) && now_ms - s->done_ms <= DECIDED_WITHIN_MS;
}

bool story_asks_for_peer(const struct story *s, uint64_t now_ms, uint64_t in)
{
	return s->outcome == OUTCOME_OPEN && !s->closed_ms && is_unanswered(s, now_ms, in);
}

/* Its callback, which was told of a failure, or whoever comes after it, verified the leaf by itself (EventMachine, whose SSL_CTX has no CA): that has the
 * last word. Where the leaf was found good, what the client then ends the connection for is something else. */
static bool has_own_word(const struct story *s)
{
	return s->bad && s->told && (s->own_good || s->own_failed);
}

/* With verification off, it looked at the names, and did not ask what OpenSSL thinks of the chain: it goes by checks of its own. Apache does
 * so although its callback was told. */
static bool goes_by_own_checks(const struct story *s)
{
	return s->left && s->names && !s->asked;
}

bool story_asks_for_taken(const struct story *s, enum happening_kind what)
{
	return s->data_sent || what == HAPPENING_ENDS || what == HAPPENING_CLOSED ||
	       what == HAPPENING_DONE;
}

/* A failed verification may be why the client ends the handshake; but not where that is off, or where its callback let it pass, and the handshake just
 * goes on. */
static bool may_end_it(const struct story *s)
{
	return s->bad && (s->enforced || !(s->left || s->outlived));
}

/* Its first message is out, and nothing was found or said that would end it. */
static bool is_in_handshake(const struct story *s)
{
	return s->outcome == OUTCOME_OPEN && !s->done && s->last_sent >= 0 && !may_end_it(s) &&
	       s->alert_sent < 0 && s->alert_received < 0 && !s->datagram;
}

bool story_asks_for_end(const struct story *s)
{
	return is_in_handshake(s) && !s->closed_ms;
}

/* A server that asked for a certificate will decide about one, unless the client ends the handshake for what its callback was told. */
static bool will_decide(const struct story *s, uint64_t in)
{
	return s->outcome == OUTCOME_OPEN && (s->done ? has_no_answer(s, in) : s->requested);
}

bool story_asks_for_closed(const struct story *s, uint64_t in)
{
	return !s->closed_ms && !s->ended && (is_in_handshake(s) || will_decide(s, in));
}

bool story_asks_for_leaf(const struct story *s)
{
	return s->outcome == OUTCOME_OPEN && s->done &&
	       ((verifies_itself(s) && (s->own_good || s->own_rooted)) ||
		((s->nameless || (s->bad && goes_by_own_checks(s))) && s->names &&
		 !has_gone_on(s)));
}

bool story_alert_is_about_own(const struct story *s, int number, uint64_t in)
{
	enum {
		HANDSHAKE_FAILURE = 40,
		NO_CERTIFICATE = 41,
		ACCESS_DENIED = 49,
		DECODE_ERROR = 50,
		DECRYPT_ERROR = 51,
		CERTIFICATE_REQUIRED = 116
	};
	/* also when the server asked for it later, after the handshake */
	if (number == CERTIFICATE_REQUIRED)
		return true;
	if (!s->requested)
		return false;
	if (number == HANDSHAKE_FAILURE || number == DECODE_ERROR || number == DECRYPT_ERROR)
		return awaits_answer(s) && in >= s->in_at_done &&
		       in - s->in_at_done <= ALERT_AT_MOST;
	return number >= NO_CERTIFICATE && number <= ACCESS_DENIED;
}

/* ---- answers: the handshake did not succeed -------------------------------------------------------------------------------- */

static struct verdict exited(const struct story *s, const struct happening *h)
{
	const bool result = h->exited.result > 0, retry = h->exited.retry,
		   verify = h->exited.verify, file = h->exited.file;
	if (result || retry)
		return NOTHING;
	if (file)
		return failed(REASON_FILE);
	/* a failed verification that was let pass is not what ended the handshake, unless libssl says so */
	if (s->bad && (s->enforced || verify))
		return failed(REASON_VERIFICATION);
	/* one that the client made by itself, within its function around the verification */
	if (!s->bad && s->own_failed)
		return failed(REASON_OWN_VERIFICATION);
	/* that function has the last word */
	if (!s->bad && s->good && verify)
		return failed(REASON_REFUSAL);
	return failed(REASON_HANDSHAKE);
}

/* The client gives up a handshake to which no byte of an answer came, or no more: its time is over, or it saw the end of a connection that it
 * feeds to OpenSSL itself (asyncio). */
static struct verdict silence(const struct story *s, const struct happening *h, bool peer,
			      bool waits)
{
	const bool answered = s->heard_ms || h->in;
	const uint64_t until = s->closed_ms ? s->closed_ms : h->ms;
	const uint64_t waited = until - (s->heard_ms ? s->heard_ms : s->began_ms);
	if (may_end_it(s) || s->last_sent < 0 || s->alert_sent >= 0 || s->alert_received >= 0 ||
	    s->datagram || h->out == 0)
		return NOTHING;
	/* an event loop sees the end before OpenSSL is asked again (haproxy), which nobody else did where it handed over the bytes; a pool of connections
	 * (.NET) lets go of what it has no more use for */
	const bool unseen = s->memory && !s->closed_ms;
	if (!peer && (waited < PATIENCE_MS ? answered || !unseen || s->spare : answered && !waits))
		return NOTHING;
	return failed(REASON_SILENCE);
}

/* ---- answers: it did, and the connection came to its end --------------------------------------------------------------------- */

/* A server that accepts the client gives it a session, or an answer. To a client that has taken its leave it owes none, and may end the
 * connection; but it does not reset one that it was content with. */
static struct verdict unanswered(const struct story *s, const struct happening *h, bool met,
				 int peer)
{
	enum { RESET = 2 };
	return is_unanswered(s, h->ms, h->in) && met && (s->closing ? peer == RESET : peer != 0)
		   ? failed(REASON_UNANSWERED)
		   : NOTHING;
}

/* The client closed a socket that it reads by itself. What it met there it need not have handed on. */
static struct verdict closed(const struct story *s, const struct happening *h)
{
	const int peer = h->closed.peer;
	if (s->done)
		return unanswered(s, h, h->closed.met, peer);
	return peer ? silence(s, h, true, false) : NOTHING;
}

/* The peer ended it while the client waited to be told something, or read what it was told: who means to refuse does neither. (curl, which has looked at the
 * names, reads once more before it takes its leave, and at once.) */
static bool was_left(const struct story *s)
{
	const bool waited = s->stayed || (s->peer_ended && (s->data_read || !s->names));
	return waited && !says_bye(s);
}

/* Its callback let the failure pass, it asked about it no more, and then took what a server says that speaks first: whoever means to refuse
 * does not read. (curl does before it takes its leave, but has asked.) */
static bool has_listened(const struct story *s)
{
	return s->told && s->data_read && !s->asked && !s->names;
}

/* A failed verification that did not end the handshake: the client went on all the same, or it knew of the result, because it asked or by its
 * callback, and ended the connection. One that did neither was not interested in this connection. One that went on in spite of an
 * objection of its own, and of nothing else, knows what it does. */
static struct verdict let_pass(const struct story *s)
{
	if (!s->bad || s->own_always)
		return NOTHING;
	if (has_own_word(s))
		return NOTHING;
	if (has_gone_on(s))
		return s->own_objection ? NOTHING : went_on(REASON_VERIFICATION);
	if (goes_by_own_checks(s) &&
	    (s->leaf_outdated || s->leaf_misnamed || s->names == NAMES_DO_NOT_FIT))
		return failed(REASON_OWN_COMPARISON);
	if (was_left(s))
		return NOTHING;
	if (has_listened(s))
		return went_on(REASON_VERIFICATION);
	return s->asked || s->told || (s->left && s->names) ? failed(REASON_VERIFICATION) : NOTHING;
}

/* Libraries that compare names where nobody sees it (PHP's libcurl, past us; Twisted, out of the bytes, which it wrote out) say goodbye at once where they do
 * not fit; so do old programs, which read the common name and nothing else. Who took nothing to compare, or asked for the result and then looked at no name
 * (s_client), compares none; nor does one that just closes its socket (a probe). */
static bool may_have_looked(const struct story *s)
{
	const bool may_compare = s->common || ((s->taken || s->past) && !s->content);
	return s->names || (may_compare && s->closing && !s->nameless);
}

/* A good chain for another host, and OpenSSL was not asked about the name. A client that checks names by itself (curl) ends the connection
 * without a word of its own; one that does not goes on. One that turned verification off and took no interest in its result, or sent no name and
 * looked at none, may end the connection for any reason. */
static struct verdict other_name(const struct story *s)
{
	if (s->names == NAMES_FIT || (s->left && s->own_always))
		return NOTHING;
	if (has_gone_on(s))
		return s->unnamed ? went_on(REASON_NAME) : NOTHING;
	if (s->left && !s->relied && !s->names)
		return NOTHING;
	if (s->names == NAMES_DO_NOT_FIT && !s->bad)
		return failed(REASON_NAME);
	return s->unnamed && !was_left(s) && may_have_looked(s) ? failed(REASON_NAME) : NOTHING;
}

/* Some resolve names by themselves: whether an address is what such a client was asked for is not known. So only one that read the names and
 * then ended the connection without a word has found them wrong. One that read them to show them, and was left by its peer, ended nothing. */
static struct verdict other_address(const struct story *s)
{
	const bool refused = s->names == NAMES_DO_NOT_FIT || (s->names && !s->peer_ended);
	return s->nameless && s->names != NAMES_FIT && refused && s->wrong_address &&
		       !has_gone_on(s)
		   ? failed(REASON_ADDRESS)
		   : NOTHING;
}

/* A callback of .NET's that has a root of its own, and compares with that what the chain came to (MySqlConnector's SslCa), asks for a chain that may end
 * anywhere: whether it is the right root only the callback knows. Where it goes on, it is. */
static struct verdict own_look(const struct story *s)
{
	const bool chain_may_be_good = s->own_failed ? s->own_rooted : s->own_good;
	const bool other_leaf =
	    verifies_itself(s) && chain_may_be_good && (s->leaf_misnamed || s->leaf_unsuited);
	enum reason reason = REASON_NONE;
	if (other_leaf)
		reason = REASON_OWN_COMPARISON;
	else if (s->own_failed && !(s->own_rooted && has_gone_on(s)))
		reason = REASON_OWN_VERIFICATION;
	if (reason == REASON_NONE)
		return NOTHING;
	return has_gone_on(s) ? went_on(reason) : failed(reason);
}

/* What was found before anything of the client's went out. */
static struct verdict complaint(const struct story *s)
{
	static struct verdict (*const looks[])(const struct story *) = {let_pass, other_name,
									other_address, own_look};
	struct verdict v = NOTHING;
	if (s->blind)
		return v;
	for (size_t i = 0; i < sizeof looks / sizeof looks[0] && v.outcome == OUTCOME_OPEN; i++)
		v = looks[i](s);
	return v;
}

/* The client wrote out the server's key, and then left with no more than a goodbye: it is not the one that it knows. (Nobody counted what it sent where
 * nothing was open; a request is longer.) It looks at that last: what was wrong before, if anything, it had let pass by then (curl -k). */
static struct verdict own_check(const struct story *s, const struct happening *h)
{
	enum {
		GOODBYE = 32
	}; /* an alert, and what AEAD ciphers put around it: RFC 5246 section 6.2.3.3, RFC 8446 section 5.2 */
	const bool silent = h->out >= s->out_at_done && h->out - s->out_at_done <= GOODBYE;
	return s->done && s->key_written && silent && !has_gone_on(s) && !s->peer_ended &&
		       !s->stayed
		   ? failed(REASON_OWN_CHECK)
		   : NOTHING;
}

/* Where nothing was open, nobody counted what the client sent. */
static struct verdict without_complaint(const struct story *s)
{
	const bool worked = s->done && (has_gone_on(s) || !is_open(s));
	return (struct verdict){worked ? OUTCOME_WORKED : OUTCOME_GIVEN_UP, REASON_NONE};
}

/* The client's callback was told of the failure that is to end the handshake, and OpenSSL never came to end it: an exception, or longjmp. */
static bool was_cut_short(const struct story *s)
{
	return !s->done && s->bad && s->enforced;
}

static struct verdict ended(const struct story *s, const struct happening *h)
{
	const bool process = h->ends.how == END_PROCESS;
	struct verdict v = was_cut_short(s) ? failed(REASON_VERIFICATION)
			   : s->done        ? unanswered(s, h, h->ends.met, h->ends.peer)
			   : h->ends.how == END_FREED || h->ends.how == END_PAST || process
			       ? silence(s, h, h->ends.met && h->ends.peer, h->ends.waits)
			       : NOTHING;
	if (v.outcome == OUTCOME_OPEN)
		v = own_check(s, h);
	if (v.outcome == OUTCOME_OPEN)
		v = s->done ? complaint(s) : own_look(s);
	return v.outcome == OUTCOME_OPEN ? without_complaint(s) : v;
}

/* In the middle of what works. Whether the client minds is its affair, and what else is open is told first. */
static bool met_no_goodbye(const struct story *s, const struct happening *h)
{
	const bool met = h->alert_sent.eof;
	return s->done && met && !s->closing && h->in > s->in_at_done && !is_open(s);
}

/* ---- the judge ------------------------------------------------------------------------------------------------------------------ */

static struct verdict judge(const struct story *s, const struct happening *h)
{
	switch (h->what) {
	case HAPPENING_EXITED:
		return s->done ? NOTHING : exited(s, h);
	case HAPPENING_DENIED:
		return failed(REASON_DENIED);
	case HAPPENING_ALERT_RECEIVED:
		return s->done && h->alert_received.fatal &&
			       story_alert_is_about_own(s, h->alert_received.number, h->in)
			   ? failed(REASON_LATE_ALERT)
			   : NOTHING;
	case HAPPENING_ALERT_SENT:
		return met_no_goodbye(s, h)
			   ? failed(REASON_NO_GOODBYE)
			   : unanswered(s, h, h->alert_sent.eof, h->alert_sent.peer);
	case HAPPENING_CLOSED:
		return closed(s, h);
	case HAPPENING_CLOSES:
		return unanswered(s, h, h->closes.met, h->closes.peer);
	case HAPPENING_DATA_SENT:
	case HAPPENING_DATA_RECEIVED:
		/* told as soon as it is known: such a connection may live for days */
		return s->done && story_went_on(s) ? complaint(s) : NOTHING;
	case HAPPENING_ENDS:
		return ended(s, h);
	default:
		return NOTHING;
	}
}

void story_tell(struct story *s, const struct happening *h, struct verdict *v)
{
	story_remember(s, h);
	*v = s->outcome == OUTCOME_OPEN ? judge(s, h) : NOTHING;
	if (v->outcome == OUTCOME_OPEN)
		return;
	s->outcome = v->outcome;
	s->reason = v->reason;
}
