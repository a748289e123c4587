/* SPDX-License-Identifier: ISC
 *
 * Room "policy": which rule holds for which host. config.c, pattern.c and rules.c are pure: they know
 * neither OpenSSL nor the log, take bytes and give tables, and are fuzzed. keys.def is the one table of
 * configuration keys. (apply.c and anchors.c, which lay rules onto OpenSSL objects, are declared in
 * apply.h.)
 */
#ifndef TLSMEND_POLICY_H
#define TLSMEND_POLICY_H

#include <tlsmend/base.h>

/* ---- keys: one line each in shim/policy/keys.def ----------------------------------------------
 * KEY(ID, "Name", effect, syntax, "one line for manual, lint and README") */
enum key {
#define KEY(id, name, effect, syntax, text) KEY_##id,
#include "../../shim/policy/keys.def"
#undef KEY
	KEY_COUNT
};
enum key_effect { ADDS_TRUST, STRENGTHENS, REPAIRS, BOUND, TUNES, GOVERNS };
enum key_syntax {
	SYNTAX_PATH,
	SYNTAX_PROTOCOL,
	SYNTAX_STRING,
	SYNTAX_CIPHERS,
	SYNTAX_CIPHERSUITES,
	SYNTAX_OPTIONS,
	SYNTAX_YES, /* yes or no */
	SYNTAX_HOST,
	SYNTAX_PINS,
	SYNTAX_NUMBER,
	SYNTAX_TEXT,
	SYNTAX_DATE
};
struct key_info {
	char name[24];
	enum key_effect effect;
	enum key_syntax syntax;
	char text[240];
};
extern const struct key_info key_table[KEY_COUNT];

/* TLS protocol numbers as on the wire (RFC 8446 section 4.1.2, 4.2.1): 0x0301 .. 0x0304. */
enum {
	PROTOCOL_TLS1 = 0x0301,
	PROTOCOL_TLS1_1 = 0x0302,
	PROTOCOL_TLS1_2 = 0x0303,
	PROTOCOL_TLS1_3 = 0x0304
};
int protocol_parse(const char *text);  /* "TLSv1.2" (case-insensitive) -> number; 0: unknown */
const char *protocol_name(int number); /* "TLSv1.2"; NULL: unknown */

/* ---- hosts ------------------------------------------------------------------------------------ */
/* A TLS peer, as far as it is known. Strings belong to the caller. */
struct peer {
	const char *host;    /* name or address, normalised by host_normalise(); NULL: unknown */
	const char *address; /* numeric IPv4 or IPv6 address of the peer, or NULL */
	unsigned port;       /* 0: unknown; sections with a port then do not match */
};
/* Lower case, no trailing dot, no brackets around an IPv6 address, addresses in inet_ntop(3) form,
 * IPv4-mapped IPv6 as IPv4, zone ids (%eth0) dropped. Returns false where `in` is no host name or
 * address (empty, too long, control characters, embedded NUL is impossible). out has >= 256 bytes. */
bool host_normalise(const char *in, char out[256]);
bool host_is_address(const char *host); /* numeric; NULL: no */

/* ---- pins.c: the SHA-256 of a public key in base64 -------------------------------------------- */
enum { PIN_BYTES = 32, PIN_TEXT = 45 };
/* As a value of PinSHA256 has it, with a NUL. */
void pin_format(const uint8_t hash[PIN_BYTES], char out[PIN_TEXT]);

/* ---- configuration ------------------------------------------------------------------------------ */
enum source_kind {
	SOURCE_FILE,         /* text = content of a file */
	SOURCE_ENV_EXTRA_CA, /* text = value of TLSMEND_EXTRA_CA */
	SOURCE_ENV_PROTOCOL, /* text = value of TLSMEND_MIN_PROTOCOL */
};
struct config_source {
	enum source_kind kind;
	const char
	    *name; /* path, or the variable's name; stands before the line number in messages */
	const char *text; /* need not be NUL-terminated */
	size_t length;
};
enum severity { CONFIG_ERROR, CONFIG_WARNING };
struct config_message {
	enum severity severity;
	const char *source; /* path or variable */
	unsigned line;      /* 0: the whole source */
	const char *
	    text; /* "unknown key 'ExtraCaFiel'; write ExtraCAFile" : what; what to write. Escaped. */
};
typedef void config_report(void *arg, const struct config_message *message);

enum { CONFIG_MAX_BYTES = 16 * 1024 * 1024, CONFIG_MAX_MESSAGES = 20 };

/* An immutable set of rules. */
struct policy;

/* Reads all sources, in rising order of precedence among files; environment sources win over files.
 * Each bad section is dropped as a whole and reported once (with `advice`: every error in it); after CONFIG_MAX_MESSAGES messages one
 * more says how many were left out. `bad` (may be NULL) is set when a source as a whole was no
 * configuration (binary junk, more than CONFIG_MAX_BYTES) or any section was dropped: on a reload the
 * caller then keeps the rules that were in force.
 * `advice` also reports CONFIG_WARNING messages (lint): a weakening key without Reason or Until, an
 * ExtraCAFile path that is not absolute is an error in any case, sections that can never match, a key
 * that a later section of the same pattern overrides, Until in the past.
 * Returns NULL only when memory ran out. Free with policy_free(). Thread-safe. */
struct policy *policy_parse(const struct config_source *sources, size_t count, bool advice,
			    config_report *report, void *arg, bool *bad);
void policy_free(struct policy *p); /* NULL: nothing */

/* Where a value came from. Lives as long as its policy. */
struct section {
	const char *source; /* path or variable name */
	unsigned line;      /* of the header */
	const char *header; /* as written: "legacy.example.com *.partner.example:8443" */
	const char *reason; /* or NULL */
	int64_t until; /* last second (UTC) on which weakening keys count; INT64_MAX: no limit */
	char until_text[11]; /* 2027-03-31 or "" */
	/* Set at run time (section_reject) where OpenSSL refuses a value or a file cannot be used: the whole
	 * section no longer counts. */
	atomic_bool rejected;
	/* A file of it cannot be used: out until it can. */
	atomic_bool waiting;
	/* It was dropped for an error, but names strengthening keys: they are all that it holds, and they close. */
	bool closed;
	const char *fault; /* ... "line 3: unknown key ..."; NULL: not known */
	bool dry;          /* DryRun = yes */
	/* What apply.c found out: a bit per copy of OpenSSL and key whose value that copy takes. */
	_Atomic uint64_t accepted;
};
struct setting {
	enum key key;
	const char *value; /* as written, trimmed and unquoted */
	int protocol;      /* SYNTAX_PROTOCOL: the number */
	long number;       /* SYNTAX_NUMBER; SYNTAX_YES: 1 or 0 */
	bool
	    weakening; /* by its value alone (MinProtocol below TLSv1.2, @SECLEVEL=0 or 1, Unsafe...);
				* an adder of weakness that only shows against the client is judged in apply.c */
	bool any_host;       /* the pattern that matched is `*`: weakening is refused there */
	const char *pattern; /* the pattern that matched, as written: "*.partner.example:8443" */
	unsigned line;       /* of the key */
	struct section *section;
	/* Kept at run time: what record_use() makes of all this; 0: not asked for yet. */
	_Atomic uint64_t use;
	/* ... and where its file stands in the table of anchors.c, under the lock of that. */
	struct {
		void *entry;
		unsigned table;
	} file;
};
/* The keys that hold for one peer; NULL where none is set. Points into the policy. Reason and Until are no
 * settings of their own: they stand in the section of each setting. */
struct rule {
	const struct setting *set[KEY_COUNT];
	unsigned count; /* how many are not NULL */
	/* A weakening key that would have held but whose Until has passed: for the log. NULL: none. */
	const struct setting *expired;
	/* Certificate, PrivateKey and CipherString that would hold, but whose section waits. NULL: none. */
	const struct setting *waiting[3];
	/* A strengthening key that would hold but cannot be applied, because its section has an error, OpenSSL refuses a part of it,
	 * or the rules could not be read: connections to this peer must fail (tlsmend.conf(5)). It is not among `set`, and no less specific
	 * pattern takes its place. NULL: none. */
	const struct setting *closed;
	/* What would hold instead of `set`, were its section no dry run: never to be applied, only to be told. */
	const struct setting *dry[KEY_COUNT];
	unsigned dry_count;
};
/* Does it strengthen, so that a host must not be left without it? For a bound: above what every client has by default. */
bool setting_strengthens(const struct setting *s);
/* Why this setting, which closes, cannot be applied: ends a sentence about its rule. Lives as long as its policy. */
const char *setting_closed_why(const struct setting *s);
/* It is open whether `sum` or `other` holds: what strengthens holds from both, anything else from neither. Where both cannot hold at
 * once, that key is `closed`. */
void rule_combine(struct rule *sum, const struct rule *other);
/* `sum` holds, and `other` may hold beside it: what strengthens there holds, too, and closes where both cannot.
 * False: nothing does. */
bool rule_strengthen(struct rule *sum, const struct rule *other);
/* Does anything in it strengthen, or close? */
bool rule_strengthens(const struct rule *rule);
/* Does any section have a day on which it ends? Else the time makes no difference to a look-up. */
bool policy_dated(const struct policy *p);
/* Fills *out. A few hash probes, whatever the number of sections. `now`: seconds UTC, for Until.
 * Per key, the most specific pattern that sets it wins: exact > longest suffix > longest CIDR > `*`; with
 * port > without; environment > file; later > earlier (tlsmend.conf(5)). CIDR and address patterns are
 * compared with peer->host where that is an address, and with peer->address. Expired weakening
 * settings and rejected sections are passed over. Thread-safe, no allocation. */
void policy_lookup(const struct policy *p, const struct peer *peer, int64_t now, struct rule *out);
/* Every setting that matches the peer, at most `max`; returns how many there are. First one for each key, the one
 * of highest precedence, then the others; both parts in order of precedence. Takes no regard of Until and of rejected
 * sections (see setting->section): policy_lookup() says what holds. For `tlsmend rule`. */
size_t policy_explain(const struct policy *p, const struct peer *peer, const struct setting **list,
		      size_t max);
/* Calls visit for every setting of every section that was kept, in the order of the sources (files, then
 * environment) and of their sections. For `tlsmend lint`, which looks at the files that settings name.
 * `setting->pattern` is then the section's first. */
void policy_each(const struct policy *p, void (*visit)(void *arg, const struct setting *s),
		 void *arg);
/* Every section is a dry run, whatever it says: policy_lookup() finds nothing that holds. Before the first look-up. */
void policy_dry_run(struct policy *p);
bool policy_empty(const struct policy *p); /* nothing is set, nothing closes; NULL: yes */
/* The first setting that strengthens, or closes, for whichever host; NULL: none. Where it is not known which host a connection is to. */
const struct setting *policy_strict(const struct policy *p);
/* ... for hosts with a name, by that name. */
const struct setting *policy_strict_by_name(const struct policy *p);
/* Does anything strengthen for that name, at whichever port, now or once a weakening key has run out, that does not for a peer without one? */
bool policy_strict_for(const struct policy *p, const char *host);
/* Rules that come into force later have a higher one. */
uint64_t policy_edition(const struct policy *p);
/* The first port, `from` or above, that a pattern of a setting that strengthens names; 0: none. Where a connection's own is not known. */
unsigned policy_strict_port(const struct policy *p, unsigned from);
/* Does any section that is no dry run set this key? Lets hooks skip work that no rule could ask for. */
bool policy_uses(const struct policy *p, enum key key);
/* Might a host be left without something that a rule demands of it, if no rule were applied? */
bool policy_demands(const struct policy *p);
/* Does any pattern ask for what only the peer's socket tells: a port, an address, a block of addresses? */
bool policy_uses_peer(const struct policy *p);
size_t policy_section_count(const struct policy *p); /* of those that were kept */

#endif
