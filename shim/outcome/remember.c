/* SPDX-License-Identifier: ISC
 *
 * What is remembered of each event.
 */
#include <string.h>

#include "remember.h"

enum { MESSAGE_CERTIFICATE_REQUEST = 13 };

static void begin(struct story *s, const struct happening *h)
{
	memset(s, 0, sizeof *s);
	s->began_ms = h->ms;
	s->last_sent = s->last_received = s->alert_sent = s->alert_received = -1;
	s->memory = h->begins.memory != 0;
	s->datagram = h->begins.datagram != 0;
	s->blind = h->begins.blind != 0;
}

static void note_bad(struct story *s, const struct happening *h)
{
	s->bad = h->bad.kept != 0;
	s->enforced = s->bad && h->bad.enforced;
	s->told = h->bad.told != 0;
	s->own_objection = s->bad && h->bad.own;
}

static void note_demanded(struct story *s, const struct happening *h)
{
	s->bad = s->enforced = h->demanded.kept != 0;
	s->own_objection = s->unnamed = false;
}

static void note_asked(struct story *s, const struct happening *h)
{
	if (!s->done)
		return;
	s->asked = s->asked || !h->asked.good;
	s->content = s->content || h->asked.good;
	s->relied = s->relied || (s->left && h->asked.good);
}

static void note_done(struct story *s, const struct happening *h)
{
	if (s->done)
		return;
	s->done = true;
	s->done_ms = h->ms;
	s->in_at_done = h->in;
	s->out_at_done = h->out;
	s->version = h->done.version;
}

/* What fails once it has sent something is not what it sent that in spite of: the look at another connection, which has the same certificate. */
static void note_own(struct story *s, const struct happening *h)
{
	s->own_failed = h->own.failed && (s->own_failed || !s->data_sent);
	s->own_rooted = s->own_failed && h->own.failed == OWN_FAILED_AT_ITS_ROOT;
	s->own_good = h->own.good != 0;
	s->own_always = h->own.always != 0;
	s->names = h->own.names;
}

static void note_leaf(struct story *s, const struct happening *h)
{
	s->leaf_misnamed = !h->leaf.named;
	s->leaf_unsuited = !h->leaf.suited;
	s->wrong_address = h->leaf.address != 0;
	s->leaf_outdated = h->leaf.outdated != 0;
}

/* QUIT, LOGOUT, mysql's COM_QUIT: in a record by itself, on a connection that became TLS after words in plain text. What goes on in such a
 * protocol begins with more (EHLO and a name), or with more than one. */
static bool may_be_bye(const struct story *s, const struct happening *h)
{
	enum { TLS1_3 = 0x0304, BYE = 16, AROUND_1_3 = 17, AROUND = 24 }; /* ... AEAD ciphers */
	const int32_t around = s->version == TLS1_3 ? AROUND_1_3 : AROUND;
	return s->done && !s->data_sent && h->data_sent.spoke && h->data_sent.bytes <= around + BYE;
}

static void note_data_sent(struct story *s, const struct happening *h)
{
	s->bye = may_be_bye(s, h);
	if (!s->data_sent)
		s->data_mark = h->out;
	s->data_sent = s->data_sent || s->done;
	s->data_out += (uint32_t)h->data_sent.bytes;
}

/* Something came for a client that has not taken its leave. */
static bool is_late(const struct story *s, const struct happening *h)
{
	enum { LATE_MS = 2000 };
	return s->done && h->ms - s->done_ms > LATE_MS;
}

/* Who takes his leave does not wait for an answer. */
static void note_data_received(struct story *s, const struct happening *h)
{
	s->stayed = s->stayed || (!s->closing && is_late(s, h));
	s->bye = s->bye && s->closing;
	s->data_in += (uint32_t)h->data_received.bytes;
	s->data_read = s->data_read || !s->closing;
}

static void note_alert(struct story *s, const struct happening *h)
{
	enum { CLOSE_NOTIFY = 0 };
	const bool sent = h->what == HAPPENING_ALERT_SENT;
	/* both have these */
	const int32_t number = h->alert_sent.number, fatal = h->alert_sent.fatal;
	/* it was reading, then: OpenSSL hands over an alert, or answers an end, in the client's own read only */
	if (s->done && !s->closing &&
	    (sent ? h->alert_sent.eof != 0 : fatal || number == CLOSE_NOTIFY)) {
		s->peer_ended = true;
		s->stayed = s->stayed || is_late(s, h);
	}
	if (sent && number == CLOSE_NOTIFY)
		s->closing = true;
	if (fatal)
		*(sent ? &s->alert_sent : &s->alert_received) = number;
}

static void note_received(struct story *s, const struct happening *h)
{
	s->last_received = h->received.type;
	if (h->received.type == MESSAGE_CERTIFICATE_REQUEST)
		s->requested = true;
	if (!s->done)
		s->heard_ms = h->ms;
}

/* What is remembered of most events is that they happened; NULL: there is more to it. */
static bool *flag_of(struct story *s, enum happening_kind what)
{
	switch (what) {
	case HAPPENING_KEEPS:
		return &s->memory;
	case HAPPENING_LEFT:
		return &s->left;
	case HAPPENING_GOOD:
		return &s->good;
	case HAPPENING_UNNAMED:
		return &s->unnamed;
	case HAPPENING_NAMELESS:
		return &s->nameless;
	case HAPPENING_SPARE:
		return &s->spare;
	case HAPPENING_CHECKS:
		return &s->key_written;
	case HAPPENING_TAKEN:
		return &s->taken;
	case HAPPENING_COMMON:
		return &s->common;
	case HAPPENING_ENDS:
		return &s->ended;
	default:
		return NULL;
	}
}

/* What became of the certificates of both sides, and of their names. */
static void note_certificates(struct story *s, const struct happening *h)
{
	switch (h->what) {
	case HAPPENING_SHOWN:
		s->shown_nothing = h->shown.certificates == 0;
		break;
	case HAPPENING_BAD:
		note_bad(s, h);
		break;
	case HAPPENING_DEMANDED:
		note_demanded(s, h);
		break;
	case HAPPENING_ASKED:
		note_asked(s, h);
		break;
	case HAPPENING_OWN:
		note_own(s, h);
		break;
	case HAPPENING_LEAF:
		note_leaf(s, h);
		break;
	default:
		break;
	}
}

/* What went over the wire, and when. */
static void note_wire(struct story *s, const struct happening *h)
{
	switch (h->what) {
	case HAPPENING_SENT:
		s->last_sent = h->sent.type;
		s->outlived = s->outlived || s->bad;
		break;
	case HAPPENING_RECEIVED:
		note_received(s, h);
		break;
	case HAPPENING_HEARD:
		s->heard_ms = s->done ? s->heard_ms : h->ms;
		break;
	case HAPPENING_ALERT_SENT:
	case HAPPENING_ALERT_RECEIVED:
		note_alert(s, h);
		break;
	case HAPPENING_DONE:
		note_done(s, h);
		break;
	case HAPPENING_DATA_SENT:
		note_data_sent(s, h);
		break;
	case HAPPENING_DATA_RECEIVED:
		note_data_received(s, h);
		break;
	case HAPPENING_CLOSED:
		s->closed_ms = h->ms;
		break;
	case HAPPENING_ENDS:
		s->past = h->ends.how == END_PAST;
		break;
	default:
		break;
	}
}

void story_remember(struct story *s, const struct happening *h)
{
	/* what the transport had taken before a record was made is no sign that it took this one */
	if (s->data_sent && h->what != HAPPENING_DATA_SENT && h->out > s->data_mark)
		s->data_taken = true;
	if (h->what == HAPPENING_BEGINS)
		begin(s, h);
	bool *flag = flag_of(s, h->what);
	if (flag)
		*flag = true;
	note_certificates(s, h);
	note_wire(s, h);
}
