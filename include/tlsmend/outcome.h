/* SPDX-License-Identifier: ISC
 *
 * Room "outcome": the judge. What happens to one client connection goes in, event by event, and at most one outcome comes out. It is
 * decided here and nowhere else, by what the client was seen to do: no OpenSSL, no clock, no input or output, no memory of its own, nothing
 * that is shared. Times and byte counts come along with the events (shim/outcome/events.def).
 *
 * For every story whatever (tests/fuzz/fuzz_story.c): an outcome never changes; a story that ended has one; a client that went on with its job
 * has failed at nothing that was found before; and it went on only if the transport took data of its own, or brought it plenty, or if it
 * read after its own callback had let a failure pass.
 */
#ifndef TLSMEND_OUTCOME_H
#define TLSMEND_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum happening_kind {
#define STORY_EVENT(id, member, word, fields) HAPPENING_##id,
#include "../../shim/outcome/events.def"
#undef STORY_EVENT
	HAPPENING_COUNT
};
struct happening {
	enum happening_kind what;
	uint64_t ms; /* of a clock that only goes forward */
	uint64_t out,
	    in; /* bytes of this connection that the transport has taken and brought until now; 0 where nobody looked */
	union { /* the event's own fields, in the order of the table and by name */
		int32_t is[4];
#define FIELD(name) int32_t name;
#define NO_FIELD    int32_t nothing;
#define STORY_EVENT(id, member, word, fields)                                                      \
	struct {                                                                                   \
		fields                                                                             \
	} member;
#include "../../shim/outcome/events.def"
#undef STORY_EVENT
#undef NO_FIELD
#undef FIELD
	};
};

/* (OWN) failed */
enum { OWN_FAILED = 1, OWN_FAILED_AT_ITS_ROOT };

/* (ENDS) how. PAST: it was freed, and by a call that is not seen, as all of its client's are (an extension of PHP, design.md#deepbind) */
enum { END_FREED, END_AGAIN, END_PROCESS, END_PAST };

enum outcome { OUTCOME_OPEN, OUTCOME_WORKED, OUTCOME_FAILED, OUTCOME_WENT_ON, OUTCOME_GIVEN_UP };

/* Why it failed, or in spite of what the client went on. Which evidence tells of it is for the hooks to know. */
enum reason {
	REASON_NONE,
	REASON_FILE,             /* the client could not load a file within the handshake */
	REASON_VERIFICATION,     /* OpenSSL's verification, or a rule's demand */
	REASON_REFUSAL,          /* a function of the client's around a verification that passed */
	REASON_NAME,             /* the leaf is for another host */
	REASON_OWN_VERIFICATION, /* one that the client made by itself */
	REASON_OWN_COMPARISON,   /* of name or purpose, by a client that verifies by itself */
	REASON_OWN_CHECK,        /* of the leaf's key */
	REASON_ADDRESS,          /* ... of the address that it connected to */
	REASON_HANDSHAKE,        /* whatever ended the handshake */
	REASON_LATE_ALERT, /* the server looked at the client's certificate, or missed it, only after the handshake */
	REASON_UNANSWERED, /* ... and ended the connection without a word */
	REASON_SILENCE,    /* no answer came, or no more of one */
	REASON_DENIED,     /* a rule */
	REASON_NO_GOODBYE, /* it worked, and the server ended it without close_notify, which OpenSSL tells the client as an error */
	REASON_COUNT
};

struct verdict {
	enum outcome outcome; /* OUTCOME_OPEN: nothing new */
	enum reason reason;
};

/* All that the judge remembers of a connection. Others may read it. */
struct story {
	enum outcome outcome;
	enum reason reason;
	uint64_t began_ms, heard_ms, done_ms,
	    closed_ms; /* heard: of the latest part of the peer's handshake; closed: its socket, by the client; 0: not yet */
	uint64_t in_at_done, out_at_done;
	uint64_t
	    data_mark; /* what the transport had taken when the client's first record was made */
	uint64_t data_out, data_in; /* bytes in records of application data */
	int last_sent, last_received, alert_sent, alert_received; /* -1: none */
	int version;
	bool memory, datagram, blind;
	bool requested, shown_nothing; /* the client's certificate: it had none */
	bool left, good;
	bool bad, enforced, told,
	    own_objection; /* what OpenSSL's verification found is kept, and ... */
	bool outlived;     /* ... the client's handshake went on after it */
	bool unnamed, nameless;
	bool done, closing, ended, spare;
	bool peer_ended; /* ... the connection, before the client took its leave */
	bool stayed;     /* seconds later, the client still read */
	bool asked, content,
	    relied; /* for the result of the verification: it was bad; good; good, and nobody else had looked */
	bool own_failed, own_good, own_always;
	bool own_rooted;  /* it failed at a root that the client brought along */
	int names;        /* see HAPPENING_OWN */
	bool key_written; /* the leaf's, by the client */
	bool taken;       /* ... or the leaf itself */
	bool common;      /* ... or the common name in it */
	bool past;        /* what the client does with the leaf is not seen */
	bool leaf_misnamed, leaf_unsuited, leaf_outdated, wrong_address;
	bool data_sent, data_taken,
	    data_read; /* a record of application data was made; the transport took one; the client read one before it took its leave */
	bool
	    bye; /* all that it sent is as short as a protocol's own word of leave-taking, and it waited for no answer */
};

/* Tells the judge what happened next. *v is an outcome once, with the event that decides it; OUTCOME_OPEN before and after. HAPPENING_BEGINS
 * makes the story anew. Not thread-safe for one story. */
void story_tell(struct story *s, const struct happening *h, struct verdict *v);

/* What the judge would like to know before it hears of an end, and what costs something to find out. */
bool story_asks_for_peer(const struct story *s, uint64_t now_ms, uint64_t in);
/* ... whether the peer ended it in the middle of the handshake. */
bool story_asks_for_end(const struct story *s);
/* ... how the client's socket was when it closed that. True: to be watched, as long as it holds. */
bool story_asks_for_closed(const struct story *s, uint64_t in);
/* ... what the leaf is like (HAPPENING_LEAF). */
bool story_asks_for_leaf(const struct story *s);
/* ... with an event: how much the transport has taken. DATA_SENT counts what it was handed. */
bool story_asks_for_taken(const struct story *s, enum happening_kind what);
/* Was a fault found, and does it wait for what the client makes of that? */
bool story_waits(const struct story *s);
/* Is anything open that the records of application data would tell? Else nobody need count them. */
bool story_asks_for_data(const struct story *s);
/* A record was told of it already. */
bool story_told(const struct story *s);
/* Is this an alert that says something about the client's certificate (RFC 8446 section 6.2)? */
bool story_alert_is_about_own(const struct story *s, int number, uint64_t in);
/* The connection works: something of the client's went out, and it was answered. */
bool story_went_on(const struct story *s);

/* ---- as text (text.c): "bad ms=12 out=517 in=2200 kept=1 enforced=0 told=0 own=0", fields that are 0 left out ---------------------- */
enum { STORY_LINE = 160 };
/* Returns the length, without the NUL; no newline. */
size_t story_line(char line[STORY_LINE], const struct happening *h);
/* False: it is no such line. */
bool story_read(const char *line, size_t n, struct happening *h);
/* "went-on", "own-comparison"; static. And back: false where it is no such word. */
const char *outcome_word(enum outcome o);
const char *reason_word(enum reason r);
bool outcome_read(const char *word, size_t n, enum outcome *o);
bool reason_read(const char *word, size_t n, enum reason *r);

#endif
