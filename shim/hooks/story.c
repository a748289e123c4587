/* SPDX-License-Identifier: ISC
 *
 * Between the hooks and the judge (shim/outcome): what happened goes in with the time and the bytes that belong to it; what the judge says is
 * carried out, with the evidence that was kept or that is read off the connection now.
 */
#include <tlsmend/evidence.h>
#include <tlsmend/log.h>
#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "certificate.h"
#include "connection.h"
#include "live.h"
#include "loaded.h"
#include "names.h"
#include "peer.h"
#include "sent_list.h"
#include "story.h"
#include "transport.h"

/* ---- what each reason is told with ------------------------------------------------------------------------------------ */

static struct evidence *take_pending(struct connection *n)
{
	struct evidence *e = n->held.failed;
	n->held.failed = NULL;
	return e;
}

static struct evidence *take_unnamed(struct connection *n)
{
	struct evidence *e = n->held.unnamed;
	n->held.unnamed = NULL;
	return e;
}

/* Behind what was wrong, OpenSSL may put that it did not get further. Two numbers: before 3.0, and since. */
static unsigned long last_that_tells(const struct openssl *o)
{
	enum { INTERNAL_ERROR = 68, INTERNAL_ERROR_3 = 0xc0103 };
	const unsigned long code = o->ERR_peek_last_error();
	int library = 0, reason = 0;
	openssl_error_split(o, code, &library, &reason);
	return reason == INTERNAL_ERROR || reason == INTERNAL_ERROR_3 ? o->ERR_peek_error() : code;
}

/* What the system says of a network, or of a descriptor that is none. */
static bool is_of_network(int error)
{
	switch (error) {
	case EPIPE:
	case EBADF:
	case ENOTSOCK:
	case ENOTCONN:
	case ECONNRESET:
	case ECONNREFUSED:
	case ECONNABORTED:
	case ETIMEDOUT:
	case ENETDOWN:
	case ENETUNREACH:
	case EHOSTDOWN:
	case EHOSTUNREACH:
		return true;
	default:
		return false;
	}
}

/* errno is the system's where OpenSSL itself reads the socket. A BIO of the client's own (GLib's) may leave behind what has nothing to do with it: the
 * socket knows whether its peer has ended it. */
static void transport_error(struct evidence *e, struct connection *n, SSL *ssl, int host_errno)
{
	struct circumstances own = {.met = false};
	e->system_errno = host_errno;
	e->eof = host_errno == 0;
	if (e->eof || is_of_network(host_errno) || !ssl || transport_is_plain(n, ssl))
		return;
	unanswered_in_handshake(n, ssl, &own);
	if (own.peer) {
		e->system_errno = own.reset ? ECONNRESET : 0;
		e->eof = !own.reset;
	}
}

/* The last entry of the queue is this failure's own, unless the transport failed: that leaves none, and what stands there may
 * be one of the client's own BIO. "Reading" alone does not say that it did: libssl sets it after a record that it does not
 * take, too. Each try begins with errno 0 and an empty queue. */
static void handshake_error(struct evidence *e, struct connection *n, SSL *ssl,
			    const struct circumstances *c)
{
	enum { ALERT = 1000 };
	const struct openssl *o = copy_api(n->copy);
	const unsigned long code = last_that_tells(o);
	int library = 0, reason = 0;
	openssl_error_split(o, code, &library, &reason);
	const bool end = openssl_is_end_of_file(o, reason);
	bool known = end || (e->alert_received >= 0 && reason == ALERT + e->alert_received);
	if (code && library == ERR_LIB_SSL_ && (!c->stuck || c->host_errno == 0 || known)) {
		e->ssl_reason = reason;
		e->ssl_reason_text = arena_strdup(&e->arena, o->ERR_reason_error_string(code));
		e->eof = end;
	} else if (c->stuck) {
		transport_error(e, n, ssl, c->host_errno);
	}
}

static struct evidence *of_handshake(struct connection *n, SSL *ssl, const struct circumstances *c)
{
	struct evidence *e = connection_evidence(n, ssl, EVENT_HANDSHAKE_FAILED);
	if (!e)
		return NULL;
	handshake_error(e, n, ssl, c);
	transport_evidence(e, copy_api(n->copy), ssl, c->stuck, c->host_errno);
	own_certificate_evidence(n, ssl, e);
	greeting_rest(e, n, ssl);
	list_evidence(e, n, ssl);
	return e;
}

/* OpenSSL found the chain valid, and the client's own function around it said no. */
static struct evidence *of_refusal(struct connection *n, SSL *ssl, const struct circumstances *c)
{
	struct evidence *e = of_handshake(n, ssl, c);
	if (!e)
		return NULL;
	e->event = EVENT_VERIFY_FAILED;
	e->have_verification = e->enforced = e->passed = e->refused_passed = true;
	return e;
}

static struct evidence *of_late_alert(struct connection *n, SSL *ssl)
{
	struct evidence *e = connection_evidence(n, ssl, EVENT_HANDSHAKE_FAILED);
	if (e) {
		e->after_handshake = true;
		if (ssl)
			own_certificate_evidence(n, ssl, e);
	}
	if (ssl)
		load_settle(n, ssl, true);
	return e;
}

static struct evidence *of_unanswered(struct connection *n, SSL *ssl, const struct circumstances *c)
{
	struct evidence *e = of_late_alert(n, ssl);
	if (!e)
		return NULL;
	e->system_errno = c->reset ? ECONNRESET : 0;
	e->eof = !c->reset || c->met;
	e->unanswered = true;
	return e;
}

/* No more than a remark: many clients cope. */
static struct evidence *of_no_goodbye(struct connection *n, SSL *ssl, const struct circumstances *c)
{
	struct evidence *e =
	    record_wanted(LEVEL_INFO) ? connection_evidence(n, ssl, EVENT_HANDSHAKE_FAILED) : NULL;
	if (!e)
		return NULL;
	handshake_error(e, n, ssl, c);
	e->after_handshake = e->no_goodbye = true;
	return e;
}

static struct evidence *of_silence(struct connection *n, SSL *ssl, const struct circumstances *c)
{
	struct evidence *e = connection_evidence(n, ssl, EVENT_HANDSHAKE_FAILED);
	const struct story *s = &n->story;
	if (ssl)
		load_settle(n, ssl, true);
	if (!e)
		return NULL;
	const uint64_t until = s->closed_ms ? s->closed_ms : clock_monotonic_ms();
	const uint64_t waited = until - (s->heard_ms ? s->heard_ms : s->began_ms);
	/* the peer's doing, which the client saw and OpenSSL did not */
	if (c->peer) {
		e->system_errno = c->reset ? ECONNRESET : 0;
		e->eof = !c->reset;
		return e;
	}
	e->given_up = true;
	e->unseen = s->memory;
	e->kept_back = s->memory ? n->wire.kept_back : 0;
	e->waited_seconds = (unsigned)((waited + 500) / 1000);
	return e;
}

static struct evidence *of_own_verification(struct connection *n, SSL *ssl, bool went_on)
{
	bool alone;
	const bool brought = ssl && afterwards_brought_root(n, ssl, &alone);
	struct evidence *e = live_outcome(n, ssl, went_on);
	if (e)
		e->root_is_clients = brought;
	return e;
}

/* ... and what is read off the connection now. */
static struct evidence *evidence_now(struct connection *n, SSL *ssl, const struct verdict *v,
				     const struct circumstances *c)
{
	switch (v->reason) {
	case REASON_OWN_COMPARISON:
	case REASON_OWN_CHECK:
	case REASON_ADDRESS:
		return afterwards_evidence(n, ssl, v->outcome == OUTCOME_WENT_ON);
	case REASON_REFUSAL:
		return of_refusal(n, ssl, c);
	case REASON_HANDSHAKE:
		return of_handshake(n, ssl, c);
	case REASON_LATE_ALERT:
		return of_late_alert(n, ssl);
	case REASON_NO_GOODBYE:
		return of_no_goodbye(n, ssl, c);
	default: /* a file that could not be loaded has its own record */
		return NULL;
	}
}

/* `ssl` NULL: the connection is not at hand any more; then only what was kept. */
static struct evidence *evidence_of(struct connection *n, SSL *ssl, const struct verdict *v,
				    const struct circumstances *c)
{
	switch (v->reason) {
	case REASON_VERIFICATION:
	case REASON_DENIED:
		return take_pending(n);
	case REASON_NAME:
		return n->held.unnamed || !ssl
			   ? take_unnamed(n)
			   : afterwards_evidence(n, ssl, v->outcome == OUTCOME_WENT_ON);
	case REASON_OWN_VERIFICATION:
		return of_own_verification(n, ssl, v->outcome == OUTCOME_WENT_ON);
	case REASON_UNANSWERED:
		return of_unanswered(n, ssl, c);
	case REASON_SILENCE:
		return of_silence(n, ssl, c);
	default:
		return ssl ? evidence_now(n, ssl, v, c) : NULL;
	}
}

/* One record for a connection: what else was found is not told. */
static void drop_the_rest(struct connection *n)
{
	evidence_free(take_pending(n));
	evidence_free(take_unnamed(n));
	evidence_free(live_take(n));
}

static void carry_out(struct connection *n, SSL *ssl, const struct verdict *v,
		      const struct circumstances *c)
{
	if (v->outcome == OUTCOME_OPEN)
		return;
	if (story_told(&n->story)) {
		struct evidence *e = evidence_of(n, ssl, v, c);
		if (e && v->outcome == OUTCOME_WENT_ON)
			e->event = EVENT_VERIFY_IGNORED;
		if (e) {
			e->looked = n->story.asked || n->story.names;
			e->said_bye = n->story.bye;
		}
		if (e && v->outcome == OUTCOME_FAILED && v->reason != REASON_NO_GOODBYE &&
		    lower_follows(e) && e->event == EVENT_HANDSHAKE_FAILED) {
			evidence_free(e);
			e = NULL;
		}
		/* it loaded no CA, and with this machine's nothing would have been wrong */
		if (e && evidence_is_faultless(e)) {
			evidence_free(e);
			e = NULL;
		}
		connection_report(n, e);
	}
	drop_the_rest(n);
}

/* ---- what happened ------------------------------------------------------------------------------------------------------ */

static uint64_t beyond(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

static uint64_t out_until(const struct connection *n, const SSL *ssl, enum happening_kind what)
{
	/* what went out before a record of data was made, whether taken or not */
	if (what == HAPPENING_DATA_SENT)
		return beyond(transport_sent(copy_api(n->copy), ssl), n->wire.before.written);
	/* the text is for a judge who may ask for more than this one does */
	if (story_asks_for_taken(&n->story, what) || environment_get()->stories)
		return transport_taken(n, ssl);
	return 0;
}

void story_event(struct connection *n, SSL *ssl, struct happening h, const struct circumstances *c)
{
	static const struct circumstances none;
	const struct openssl *o = copy_api(n->copy);
	struct verdict v;
	n->last_ms = h.ms = h.ms ? h.ms : clock_monotonic_ms();
	n->thread = ssl ? thread_number() : n->thread;
	if (ssl) {
		n->wire.received = beyond(transport_received(o, ssl), n->wire.before.read);
		h.out = out_until(n, ssl, h.what);
	} else {
		h.out = n->wire.taken;
	}
	h.in = n->wire.received;
	story_tell(&n->story, &h, &v);
	if (environment_get()->stories)
		story_note(n, &h);
	if ((n->carrier.place || n->closing.watched) &&
	    !story_asks_for_closed(&n->story, n->wire.received)) {
		carrier_settled(n);
		closed_unwatch(n);
	}
	carry_out(n, ssl, &v, c ? c : &none);
}

/* ---- what the judge would like to know ---------------------------------------------------------------------------------- */

void story_own(struct connection *n, SSL *ssl)
{
	const bool watched = n->story.left || n->story.nameless || n->story.unnamed;
	enum names_looked names = watched ? names_looked_at(n->leaf.digest, NULL) : NAMES_UNREAD;
	if (n->story.left && names == NAMES_UNREAD && live_names_read(n))
		names = NAMES_READ;
	if (!n->leaf.live && !n->story.left && !names)
		return;
	bool failed;
	const bool good = live_is_good(n, &failed);
	const struct story *s = &n->story;
	/* nothing, as before: as on most connections. The text is for a judge who may think otherwise */
	if (!failed && !good && !names && !live_client_verifies() && !s->own_failed &&
	    !s->own_good && !s->own_always && !s->names && !environment_get()->stories)
		return;
	bool alone;
	const bool rooted = failed && afterwards_brought_root(n, ssl, &alone) && alone;
	TELL(n, ssl, OWN, rooted ? OWN_FAILED_AT_ITS_ROOT : failed, good, live_client_verifies(),
	     names);
}

/* It shows, too, how much of a client that hands over the bytes was taken. */
static void was_closed(struct connection *n, SSL *ssl, const struct socket_facts *f, uint64_t ms,
		       const struct circumstances *c)
{
	connection_was_carried_by(n, &f->peer);
	if (!ssl && n->wire.taken < n->wire.written && n->wire.taken < f->sent)
		n->wire.taken = f->sent < n->wire.written ? f->sent : n->wire.written;
	story_event(n, ssl,
		    (struct happening){.what = HAPPENING_CLOSED,
				       .ms = ms,
				       .closed = {.met = c->met, .peer = circumstances_peer(c)}},
		    c);
}

/* Its socket is closed, which OpenSSL does not know. */
static void tell_of_closed(struct connection *n, SSL *ssl)
{
	struct closed_socket s;
	struct circumstances c = {.met = false};
	if (!story_asks_for_closed(&n->story, n->wire.received) ||
	    !unanswered_closed(n, ssl, &s, &c))
		return;
	was_closed(n, ssl, &s.facts, s.ms > n->last_ms ? s.ms : n->last_ms, &c);
}

/* ... or goes with the process: it is there, and OpenSSL cannot be asked. */
static void tell_of_left(struct connection *n)
{
	struct socket_facts f;
	struct circumstances c = {.met = false};
	if (!story_asks_for_end(&n->story) || !record_wanted(LEVEL_ERROR) ||
	    !unanswered_left(n, &f))
		return;
	c.met = c.peer = socket_ended_by_peer(&f, 0, &c.reset);
	was_closed(n, NULL, &f, 0, &c);
}

static void tell_of_spare(struct connection *n, SSL *ssl)
{
	if (!n->story.done && n->story.outcome == OUTCOME_OPEN && spare_is(n))
		TELL(n, ssl, SPARE, 0);
}

void story_looks(struct connection *n, SSL *ssl, struct circumstances *c)
{
	n->wire.received = beyond(transport_received(copy_api(n->copy), ssl), n->wire.before.read);
	story_own(n, ssl);
	struct happening leaf, checks;
	if (story_asks_for_leaf(&n->story) && afterwards_look(n, ssl, &leaf))
		story_event(n, ssl, leaf, NULL);
	if (own_checks_look(n, ssl, &checks))
		story_event(n, ssl, checks, NULL);
	if (n->story.unnamed && !n->story.taken && names_taken(n->leaf.digest))
		TELL(n, ssl, TAKEN, 0);
	if (n->story.unnamed && !n->story.common && names_common(n->leaf.digest))
		TELL(n, ssl, COMMON, 0);
	tell_of_closed(n, ssl);
	if (story_asks_for_end(&n->story))
		unanswered_in_handshake(n, ssl, c);
	tell_of_spare(n, ssl);
	if (story_asks_for_peer(&n->story, clock_monotonic_ms(), n->wire.received))
		unanswered_after(n, ssl, c);
}

/* The SSL is not at hand any more; its socket may be. */
static void looks_without(struct connection *n, struct circumstances *c)
{
	tell_of_closed(n, NULL);
	tell_of_left(n);
	tell_of_spare(n, NULL);
	if (story_asks_for_peer(&n->story, clock_monotonic_ms(), n->wire.received))
		unanswered_after(n, NULL, c);
}

/* A client's last attempt ended with nothing to read. */
static bool waits_for_peer(const struct openssl *o, const SSL *ssl)
{
	BIO *in = o->SSL_get_rbio(ssl);
	return openssl_want(o, ssl) == SSL_WANT_READING && in &&
	       o->BIO_test_flags(in, BIO_FLAG_SHOULD_RETRY) != 0;
}

void story_pauses(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	n->wire.received = beyond(transport_received(o, ssl), n->wire.before.read);
	n->wire.taken = transport_taken(n, ssl);
	n->wire.written = beyond(transport_sent(o, ssl), n->wire.before.written);
	n->wire.waits = waits_for_peer(o, ssl);
	load_pauses(n, ssl);
}

void story_ends(struct connection *n, SSL *ssl, int how)
{
	struct circumstances c = {.met = false};
	if (ssl)
		story_looks(n, ssl, &c);
	else
		looks_without(n, &c);
	story_event(
	    n, ssl,
	    (struct happening){
		.what = HAPPENING_ENDS,
		.ends = {.how = how,
			 .met = c.met,
			 .peer = circumstances_peer(&c),
			 .waits = ssl ? waits_for_peer(copy_api(n->copy), ssl) : n->wire.waits}},
	    &c);
}

/* ---- stories as text, for tests ------------------------------------------------------------------------------------------ */

/* "story curl legacy.test", one line an event, then what became of it. */
void story_note(struct connection *n, const struct happening *h)
{
	const char *file = environment_get()->stories;
	char line[STORY_LINE];
	if (!file)
		return;
	if (h->what == HAPPENING_BEGINS) {
		buf_init(&n->text, 65536);
		buf_strs(&n->text, "story ", environment_get()->program, " ",
			 n->peer.host ? n->peer.host : "-", "\n", NULL);
	}
	story_line(line, h);
	buf_strs(&n->text, line, "\n", NULL);
	if (h->what != HAPPENING_ENDS)
		return;
	buf_strs(&n->text, "outcome ", outcome_word(n->story.outcome), " ",
		 reason_word(n->story.reason), "\n\n", NULL);
	const struct sink to = {.kind = SINK_FILE, .path = file};
	sink_write(&to, buf_str(&n->text), n->text.len, 7, environment_get()->program);
	buf_free(&n->text);
}
