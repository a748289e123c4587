/* SPDX-License-Identifier: ISC
 *
 * What the files of the pure part of "policy" share among themselves. Other rooms use
 * <tlsmend/policy.h>. Text comes as (pointer, length) slices of the source; nothing here needs a NUL.
 */
#ifndef TLSMEND_POLICY_INTERNAL_H
#define TLSMEND_POLICY_INTERNAL_H

#include <tlsmend/policy.h>

/* ---- address.c ------------------------------------------------------------------------------- */
struct address {
	uint8_t bytes[16]; /* network order; an IPv4 address fills the first four, the rest is 0 */
	bool v4;
};
enum { ADDRESS_TEXT = 46 };
/* IPv4-mapped IPv6 becomes IPv4, a zone id (%eth0) is dropped. No brackets. */
bool address_parse(const char *s, size_t n, struct address *a);
/* As inet_ntop(3), whose sprintf costs more stack than a guest may take. */
void address_format(const struct address *a, char out[ADDRESS_TEXT]);
unsigned address_bits(const struct address *a); /* 32 or 128 */
/* Clears all bits behind the first `prefix`; true when one of them was set. */
bool address_mask(struct address *a, unsigned prefix);
bool address_equal(const struct address *a, const struct address *b);

/* ---- host.c ---------------------------------------------------------------------------------- */
enum { NAME_MAX_LENGTH = 253, LABEL_MAX_LENGTH = 63 }; /* RFC 1035 section 2.3.4 */
enum label_fault { LABELS_GOOD, LABEL_EMPTY, LABEL_TOO_LONG, NAME_TOO_LONG };
enum label_fault labels_check(const char *s, size_t n);
/* The last label is a number, so that resolvers and URL parsers take it for an IPv4 address: such a name is
 * never anybody's host name (RFC 3696 section 2, WHATWG URL "ends in a number"). */
bool name_is_numeric(const char *s, size_t n);
bool name_equal(const char *a, const char *b, size_t n); /* ignoring ASCII case */

/* ---- pattern.c ------------------------------------------------------------------------------- */
enum pattern_kind { PATTERN_EXACT, PATTERN_SUFFIX, PATTERN_CIDR, PATTERN_ANY };
struct pattern {
	const char
	    *name; /* EXACT, SUFFIX (what follows "*."): points into the text, case as written */
	uint16_t name_length;
	uint16_t port;  /* 0: every port */
	uint8_t kind;   /* enum pattern_kind; a single address is a CIDR of full length */
	uint8_t prefix; /* CIDR: 0 to 32 or 128 */
	struct address address;
};
/* False: `error` (may be NULL) gets the sentence. */
bool pattern_parse(const char *s, size_t n, struct pattern *out, struct buf *error);
/* `*`, or a block of addresses larger than anybody's own. */
bool pattern_is_any(const struct pattern *pattern);

/* ---- keys.c ---------------------------------------------------------------------------------- */
int key_find(const char *s, size_t n); /* -1: not one of ours */
/* As key_find(), but a strengthening key is also known where its name is misspelt: it must not be lost for that. */
int key_meant(const char *s, size_t n);
/* Why a key that is not ours is not taken, and what to write. */
void key_explain_unknown(const char *s, size_t n, struct buf *error);

/* What would turn a check off, as a key or among the options: true, and the sentence, where it is that. */
bool key_refuse(const char *s, size_t n, struct buf *error);

/* ---- value.c, ciphers.c ------------------------------------------------------------------------ */
struct value {
	const char *text;
	size_t length;
	bool in_file;   /* and not in a variable */
	int protocol;   /* SYNTAX_PROTOCOL */
	long number;    /* SYNTAX_NUMBER; SYNTAX_YES: 1 or 0 */
	bool weakening; /* see struct setting */
	int64_t until;  /* SYNTAX_DATE */
};
enum { VALUE_MAX_LENGTH = 4096 };
/* Checks v->text for that key and fills the rest; false: `error` gets the sentence. */
bool value_check(enum key key, struct value *v, struct buf *error);
bool ciphers_check(struct value *v, struct buf *error);
bool ciphersuites_check(struct value *v, struct buf *error);
bool options_check(struct value *v, struct buf *error);
int protocol_parse_slice(const char *s, size_t n);

/* True where `name`, a DNS name or address out of a certificate (may begin with `*.`), falls under the
 * pattern of that setting. A wildcard name only falls under a suffix pattern that covers all that it
 * can stand for. design.md#host. */
bool pattern_covers(const char *pattern, const char *name, bool is_address);

/* ---- pins.c ---------------------------------------------------------------------------------- */
/* Is the hash one of those in a value of PinSHA256? */
bool pins_have(const char *pins, const uint8_t hash[PIN_BYTES]);
enum pin_found { PIN_NONE, PIN_GOOD, PIN_BAD };
/* The next of a list that blanks or commas separate; *word and *n are its text. */
enum pin_found pin_next(const char **s, const char *end, uint8_t hash[PIN_BYTES], const char **word,
			size_t *n);

/* ---- include.c ------------------------------------------------------------------------------- */
bool include_is_key(const char *s, size_t n);
/* What stands behind the '='. False: nothing that could be a path. */
bool include_value(const char *s, const char *end, const char **path, size_t *n);

/* ---- message.c ------------------------------------------------------------------------------- */
enum { QUOTE_MAX = 60, MESSAGE_MAX = 1024, HEADER_MAX = 255 };
/* Adds 'text', escaped, at most QUOTE_MAX bytes of it. */
void quote(struct buf *b, const char *s, size_t n);

/* ---- the parser's state: config.c, section.c, section_end.c, environment_source.c ------------ */
enum { FAULT_MAX = 360 };
struct draft { /* one section while it is read */
	bool open, bad;
	bool dry; /* DryRun = yes, also where the section is dropped */
	unsigned line;
	const char *header; /* between the brackets */
	size_t header_length;
	size_t patterns;
	const char
	    *any_host; /* one of the patterns that is every host, or as good as that; NULL: none */
	size_t any_host_length;
	uint32_t seen; /* bit per key */
	struct value values[KEY_COUNT];
	unsigned lines[KEY_COUNT];
	uint32_t
	    strict; /* bit per strengthening key that is named, whatever is wrong with it or with the rest */
	unsigned strict_lines[KEY_COUNT];
	char fault[FAULT_MAX]; /* the first error */
};
enum { GUESSES_MAX = 10000 };
struct parser {
	struct policy *policy;
	const struct config_source *source;
	const char *source_name; /* interned */
	bool advice, bad;
	config_report *report;
	void *arg;
	struct buf message;
	const char *item; /* of an environment source: stands in front of each message */
	size_t item_length;
	unsigned shown, omitted; /* messages of this source */
	unsigned guesses;        /* at what an unknown key was meant to be */
	bool omitted_error;
	unsigned line;
	bool orphan_reported; /* text before the first section: said once */
	int64_t now;          /* advice only */
	struct draft draft;
};
/* The message that is being written, emptied. */
struct buf *message_begin(struct parser *p);
void message_send(struct parser *p, enum severity severity, unsigned line);
/* "N more ..." where messages of this source were left out. */
void message_summary(struct parser *p);

/* No section is open. */
void section_begin(struct parser *p, const char *header, size_t n);
void section_key(struct parser *p, int key, struct value *v);
/* A line of the open section begins so, right or wrong. The name may be followed by anything. */
void section_names(struct parser *p, const char *name, size_t n, const char *value,
		   size_t value_length);
/* Sends the message that is being written as an error of the open section, which is thereby dropped. */
void section_fail(struct parser *p, unsigned line);
/* Keys of the open section that say nothing without, or contradict, each other. */
void section_check_pairs(struct parser *p);
void section_end(struct parser *p);
static inline bool draft_has(const struct draft *d, enum key key)
{
	return (d->seen >> key & 1) != 0;
}
/* "KEY = 'VALUE'" */
void put_setting(struct buf *b, int key, const struct value *v);
/* Next word of *s up to `end`; NULL when there is none. */
const char *next_word(const char **s, const char *end, size_t *n);

void environment_source_read(struct parser *p);

/* ---- advice.c: for lint ----------------------------------------------------------------------------- */
struct entry;
void advise_closed(struct parser *p);
void advise_section(struct parser *p, unsigned count); /* count: its settings */
void advise_pattern(struct parser *p, const char *text, const struct pattern *pattern);
void advise_duplicate(struct parser *p, const char *pattern);
void advise_overridden(struct parser *p, const struct entry *e, const struct entry *older);
void advise_shadowed(struct parser *p); /* after all sources */

/* ---- table.c: the rules in memory -------------------------------------------------------------- */
struct entry { /* one setting under one pattern */
	struct setting setting;
	uint32_t order;         /* higher wins within one pattern */
	struct entry *older;    /* same pattern and key, lower order */
	struct entry *next_key; /* head of the chain of the next key of this pattern */
};
struct kept_section { /* one section of the sources, in their order */
	struct section section;
	struct kept_section *next;
	struct entry *entries; /* of its first pattern; one per key */
	uint32_t keys;
	unsigned count;
	unsigned total,
	    overridden; /* settings under all its patterns; with advice, those that are overridden for good */
};
struct node { /* one pattern; its name points into an interned string */
	struct pattern pattern;
	struct entry *chains;
	uint32_t keys;              /* bit per key of these */
	const struct section *last; /* the latest section that uses it */
};
struct interned {
	uint64_t hash;
	const char *text;
};
/* 100,000 sections with a dozen keys each fit; one header of a million patterns does not. */
enum { MAX_SETTINGS = 1 << 21 };
struct policy {
	struct arena arena;
	bool dry;            /* policy_dry_run() */
	struct node **slots; /* open addressing, at most half full */
	size_t slot_count, node_count;
	struct interned *strings; /* only while parsing */
	size_t string_slots, string_count;
	struct kept_section *first, **tail;
	size_t section_count, setting_count;
	uint32_t orders;              /* sections so far, those that only close among them */
	const struct setting *closed; /* closes for every peer: the rules are not known */
	const struct setting *strict, *strict_by_name; /* see policy_strict() */
	uint64_t edition;                              /* see policy_edition() */
	uint32_t uses;                                 /* bit per key */
	uint64_t prefixes[2][3];                       /* [v4], bit per prefix length that occurs */
	unsigned kinds;                                /* bit per kind of pattern that occurs */
	bool blocks;                                   /* a pattern of addresses occurs */
	bool ports;                                    /* a pattern with a port occurs */
	bool dated;                                    /* see policy_dated() */
	uint64_t *strict_ports;                        /* see policy_strict_port(); NULL: none */
	bool failed;                                   /* out of memory */
};
/* Its section no longer counts, wherever it stands. Thread-safe. */
void section_reject(const struct setting *s);
/* ... for now, or does again. */
void section_wait(const struct setting *s, bool waits);
/* Another number after each of these. */
unsigned section_changes(void);
struct policy *table_new(void); /* NULL: out of memory */
const char *table_intern(struct policy *p, const char *s, size_t n);
void table_intern_done(struct policy *p);
/* Finds or makes the node of a pattern. NULL: out of memory (p->failed). */
struct node *table_node(struct policy *p, const struct pattern *pattern);
/* Makes e the newest of its key under that pattern; returns the one that it overrides, or NULL. */
const struct entry *table_add(struct policy *p, struct node *n, struct entry *e);
void table_keep(struct policy *p, struct kept_section *s);
/* One hash look-up; *probes grows by the slots that were looked at. */
struct node *table_find(const struct policy *p, const struct pattern *pattern, unsigned *probes);
bool table_has_prefix(const struct policy *p, bool v4, unsigned prefix);

/* policy_lookup() that also counts the slots of the hash table that it looked at; for the tests. */
void policy_lookup_counted(const struct policy *p, const struct peer *peer, int64_t now,
			   struct rule *out, unsigned *probes);

#endif
