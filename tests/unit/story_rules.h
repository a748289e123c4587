/* SPDX-License-Identifier: ISC
 *
 * What holds for every story whatever, checked event by event: by the unit for stories of real clients, by the fuzzer for any.
 */
#ifndef TLSMEND_STORY_RULES_H
#define TLSMEND_STORY_RULES_H

#include <tlsmend/outcome.h>

struct story_rules {
	struct story story;
	unsigned told; /* verdicts that a record stands for */
	bool began;
	/* What was seen of the client's job, counted apart from the judge. */
	bool done, sent, taken, closing;
	bool bye; /* it sent one record, as short as a word of leave-taking, and read no answer */
	uint64_t mark, brought;
	bool clean; /* nothing was amiss until now, nor left open */
};

static inline bool story_rules_clean(const struct happening *h)
{
	enum { CERTIFICATE_REQUEST = 13 };
	switch (h->what) {
	case HAPPENING_RECEIVED:
		return h->received.type != CERTIFICATE_REQUEST;
	case HAPPENING_ALERT_SENT:
		return !h->alert_sent.fatal && !h->alert_sent.eof;
	case HAPPENING_ALERT_RECEIVED:
		return !h->alert_received.fatal;
	case HAPPENING_EXITED:
		return h->exited.result > 0 || h->exited.retry;
	case HAPPENING_ASKED:
		return h->asked.good;
	case HAPPENING_LEFT:
	case HAPPENING_BAD:
	case HAPPENING_UNNAMED:
	case HAPPENING_NAMELESS:
	case HAPPENING_DEMANDED:
	case HAPPENING_DENIED:
	case HAPPENING_OWN:
	case HAPPENING_LEAF:
	case HAPPENING_CHECKS:
		return false;
	default:
		return true;
	}
}

static inline void story_rules_note(struct story_rules *t, const struct happening *h)
{
	enum { TLS1_3 = 0x0304, SHORT_1_3 = 33, SHORT = 40 };
	const int32_t most = t->story.version == TLS1_3 ? SHORT_1_3 : SHORT;
	t->clean = t->clean && story_rules_clean(h);
	t->taken = t->taken || (t->sent && h->what != HAPPENING_DATA_SENT && h->out > t->mark);
	t->done = t->done || h->what == HAPPENING_DONE;
	if (h->what == HAPPENING_DATA_SENT)
		t->bye = t->done && !t->sent && h->data_sent.spoke && h->data_sent.bytes <= most;
	if (h->what == HAPPENING_ALERT_SENT && h->alert_sent.number == 0)
		t->closing = true;
	if (h->what == HAPPENING_DATA_RECEIVED && !t->closing)
		t->bye = false;
	if (h->what == HAPPENING_DATA_SENT && t->done && !t->sent) {
		t->sent = true;
		t->mark = h->out;
	}
	if (h->what == HAPPENING_DATA_RECEIVED)
		t->brought += (uint32_t)h->data_received.bytes;
}

/* What is found before the client's own data goes out, and which a client that went on with its job has not failed at. */
static inline bool story_rules_before_data(enum reason r)
{
	return r == REASON_VERIFICATION || r == REASON_NAME || r == REASON_OWN_VERIFICATION ||
	       r == REASON_OWN_COMPARISON || r == REASON_OWN_CHECK || r == REASON_ADDRESS ||
	       r == REASON_SILENCE;
}

static inline bool story_rules_of_handshake(enum reason r)
{
	return r == REASON_FILE || r == REASON_REFUSAL || r == REASON_HANDSHAKE ||
	       r == REASON_SILENCE;
}

/* The library does not look at what it is not asked for: what it would have seen must make no difference. */
static inline bool story_rules_asked(const struct story *before, const struct happening *h,
				     const struct story *after)
{
	struct story other = *before;
	struct happening unseen = *h;
	struct verdict v;
	if (h->what != HAPPENING_DATA_SENT && !story_asks_for_taken(before, h->what))
		unseen.out = 0;
	story_tell(&other, &unseen, &v);
	return other.outcome == after->outcome && other.reason == after->reason &&
	       other.data_mark == after->data_mark && other.data_taken == after->data_taken;
}

/* Returns the rule that does not hold; NULL: all do. */
static inline const char *story_rules_tell(struct story_rules *t, const struct happening *h)
{
	enum { MUCH = 16384 };
	struct verdict v;
	if (h->what == HAPPENING_BEGINS)
		*t = (struct story_rules){.story = t->story, .began = true, .clean = true};
	if (!t->began)
		return NULL;
	story_rules_note(t, h);
	const struct story before = t->story;
	story_tell(&t->story, h, &v);
	const struct story *s = &t->story;
	const bool left = t->bye && (s->asked || s->told || s->names);
	const bool job = t->done && ((t->taken && !left) || t->brought > MUCH);
	if (!story_rules_asked(&before, h, s))
		return "what the judge did not ask for counts:";
	if (h->what != HAPPENING_BEGINS && before.outcome != OUTCOME_OPEN &&
	    (s->outcome != before.outcome || s->reason != before.reason ||
	     v.outcome != OUTCOME_OPEN))
		return "an outcome changed:";
	if (v.outcome != OUTCOME_OPEN && (v.outcome != s->outcome || v.reason != s->reason))
		return "the verdict is not what is remembered:";
	if ((v.outcome == OUTCOME_FAILED || v.outcome == OUTCOME_WENT_ON) && t->told++ > 0)
		return "a second record:";
	if (story_told(s) && story_asks_for_data(s))
		return "records of data are counted for nothing:";
	if (story_told(s) != (t->told > 0))
		return "a record is told of that was not made, or is not:";
	const bool asks = story_asks_for_leaf(s) || story_asks_for_end(s) ||
			  story_asks_for_peer(s, h->ms, h->in) || story_waits(s);
	if (asks && s->outcome != OUTCOME_OPEN)
		return "the judge asks for more, though it has decided:";
	if (h->what == HAPPENING_ENDS && s->outcome == OUTCOME_OPEN)
		return "it ended without an outcome:";
	const bool listened = s->done && s->told && !s->asked && s->data_read;
	if (v.outcome == OUTCOME_WENT_ON && !job && !listened)
		return "it went on without evidence:";
	if (v.outcome == OUTCOME_FAILED && job && story_rules_before_data(v.reason))
		return "a failure, though it went on:";
	if (v.outcome == OUTCOME_FAILED && t->done && story_rules_of_handshake(v.reason))
		return "a failed handshake, though it was done:";
	if ((v.outcome == OUTCOME_FAILED || v.outcome == OUTCOME_WENT_ON) && t->done && t->clean)
		return "a record, though nothing was amiss:";
	if ((v.outcome == OUTCOME_FAILED || v.outcome == OUTCOME_WENT_ON) !=
	    (v.outcome != OUTCOME_OPEN && v.reason != REASON_NONE))
		return "an outcome and a reason that do not go together:";
	return NULL;
}

#endif
