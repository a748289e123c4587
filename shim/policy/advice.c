/* SPDX-License-Identifier: ISC
 *
 * What lint says of a section that is understood: it may still not do what it was written for.
 */
#include <string.h>

#include "internal.h"

static int first_weakening(const struct draft *d)
{
	int weakening = -1;
	for (int key = KEY_COUNT - 1; key >= 0; key--) {
		if (draft_has(d, (enum key)key) && d->values[key].weakening &&
		    (weakening < 0 || d->lines[key] < d->lines[weakening]))
			weakening = key;
	}
	return weakening;
}

static void advise_weakening(struct parser *p, int key)
{
	const struct draft *d = &p->draft;
	bool reason = draft_has(d, KEY_REASON), until = draft_has(d, KEY_UNTIL);
	struct buf *b = message_begin(p);
	if (reason && until)
		return;
	put_setting(b, key, &d->values[key]);
	buf_strs(b, " weakens, and the section has no ", reason ? "" : "Reason",
		 !reason && !until ? " and no " : "", until ? "" : "Until", "; write ",
		 reason ? "" : "Reason = WHY", !reason && !until ? " and " : "",
		 until ? "" : "Until = YYYY-MM-DD", NULL);
	message_send(p, CONFIG_WARNING, d->lines[key]);
}

void advise_closed(struct parser *p)
{
	const struct draft *d = &p->draft;
	const char *key = NULL;
	struct buf *b = message_begin(p);
	for (unsigned i = 0; i < KEY_COUNT && !key; i++)
		if ((d->strict >> i & 1) != 0)
			key = key_table[i].name;
	buf_puts(b, "connections to the hosts of section [");
	escape_text(b, d->header, d->header_length, QUOTE_MAX);
	buf_strs(b, "] end until its errors are mended, since it names ", key, NULL);
	message_send(p, CONFIG_WARNING, d->line);
}

/* MinProtocol = TLSv1.2 weakens a client that had TLSv1.3; only the connection tells. */
static bool may_weaken(const struct draft *d)
{
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (draft_has(d, (enum key)key) &&
		    (d->values[key].weakening || key_table[key].effect == BOUND ||
		     key == KEY_CIPHER_STRING))
			return true;
	return false;
}

/* The first key that is there to stay. */
static const char *lasting_key(const struct draft *d)
{
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (draft_has(d, (enum key)key) && key_table[key].effect != GOVERNS)
			return key_table[key].name;
	return "it";
}

static void advise_until(struct parser *p, unsigned count)
{
	const struct draft *d = &p->draft;
	const bool weakens = may_weaken(d);
	struct buf *b = message_begin(p);
	if (!draft_has(d, KEY_UNTIL) || count == 0 ||
	    (weakens && p->now <= d->values[KEY_UNTIL].until))
		return;
	buf_puts(b, "Until = ");
	quote(b, d->values[KEY_UNTIL].text, d->values[KEY_UNTIL].length);
	if (weakens)
		buf_puts(b, " is past, so the weakening keys of this section no longer count; "
			    "take them out, or write a later day where they are still needed");
	else
		buf_strs(b, " ends only keys that weaken, and this section has none, so ",
			 lasting_key(d),
			 " counts after it, too; take the line out, and the "
			 "section when it is no longer needed",
			 NULL);
	message_send(p, CONFIG_WARNING, d->lines[KEY_UNTIL]);
}

void advise_section(struct parser *p, unsigned count)
{
	const struct draft *d = &p->draft;
	const int weakening = first_weakening(d);
	if (count == 0) {
		buf_puts(message_begin(p),
			 "a section that sets nothing; write a key, such as ExtraCAFile = FILE, or "
			 "take it out");
		message_send(p, CONFIG_WARNING, d->line);
	}
	if (weakening >= 0 && p->source->kind == SOURCE_FILE)
		advise_weakening(p, weakening);
	advise_until(p, count);
	if (d->dry && count > 0) {
		buf_puts(message_begin(p), "DryRun = yes: nothing of this section is applied; take "
					   "the line out once the log says what it should");
		message_send(p, CONFIG_WARNING, d->lines[KEY_DRY_RUN]);
	}
}

void advise_duplicate(struct parser *p, const char *pattern)
{
	struct buf *b = message_begin(p);
	quote(b, pattern, strlen(pattern));
	buf_puts(b, " stands twice in this header; write it once");
	message_send(p, CONFIG_WARNING, p->draft.line);
}

void advise_overridden(struct parser *p, const struct entry *e, const struct entry *older)
{
	struct buf *b = message_begin(p);
	/* one that ends some day leaves the older one its use */
	if (p->source->kind != SOURCE_FILE ||
	    (e->setting.weakening && draft_has(&p->draft, KEY_UNTIL)))
		return;
	buf_strs(b, key_table[e->setting.key].name, " for ", NULL);
	quote(b, e->setting.pattern, strlen(e->setting.pattern));
	buf_puts(b, " overrides the one at ");
	escape_text(b, older->setting.section->source, strlen(older->setting.section->source),
		    4 * QUOTE_MAX);
	buf_putc(b, ':');
	buf_uint(b, older->setting.line);
	buf_puts(b, "; take one of them out");
	message_send(p, CONFIG_WARNING, e->setting.line);
	((struct kept_section *)older->setting.section)->overridden++;
}

/* A section of which nothing is left: no host ever gets one of its keys. */
void advise_shadowed(struct parser *p)
{
	for (const struct kept_section *s = p->policy->first; s; s = s->next) {
		if (s->overridden < s->total || p->policy->failed)
			continue;
		if (p->source_name != s->section.source) {
			p->source_name = s->section.source;
			p->shown = p->omitted = 0;
		}
		buf_puts(message_begin(p),
			 "no key of this section counts for any host, because all "
			 "of them are set again further down for the same hosts; "
			 "take the section out");
		message_send(p, CONFIG_WARNING, s->section.line);
	}
}

/* ---- patterns ------------------------------------------------------------------------------------- */

static bool is_word_of(const char *list, const char *s, size_t n)
{
	size_t length;
	for (const char *word = list; *word != '\0'; word += length + (word[length] == ' ')) {
		length = strcspn(word, " ");
		if (length == n && name_equal(word, s, n))
			return true;
	}
	return false;
}

/* Under com and co.uk anybody can have a host. A rule of thumb: the list of public suffixes has ten thousand lines. Names of one label
 * that are in use inside of networks are not meant. */
static bool is_public_suffix(const char *s, size_t n)
{
	static const char inside[] =
	    "alt corp domain example home internal intranet invalid lan local "
	    "localdomain localhost mail onion private test";
	static const char second[] =
	    "ac asn co com edu go gob gouv gov gv id ltd me mil ne net nhs "
	    "nom or org plc police sch";
	const char *dot = memchr(s, '.', n);
	size_t first = dot ? (size_t)(dot - s) : n;
	if (!dot)
		return !is_word_of(inside, s, n);
	return n - first - 1 == 2 && is_word_of(second, s, first);
}

static bool is_multicast(const struct pattern *p)
{
	return p->kind == PATTERN_CIDR && p->prefix >= (p->address.v4 ? 4 : 8) &&
	       (p->address.v4 ? p->address.bytes[0] >= 224 : p->address.bytes[0] == 0xff);
}

/* A label that begins or ends with a hyphen (RFC 1123 section 2.1). */
static bool has_stray_hyphen(const struct pattern *p)
{
	const char *s = p->name;
	if (p->kind != PATTERN_EXACT && p->kind != PATTERN_SUFFIX)
		return false;
	for (size_t i = 0; i < p->name_length; i++)
		if (s[i] == '-' &&
		    (i == 0 || i + 1 == p->name_length || s[i - 1] == '.' || s[i + 1] == '.'))
			return true;
	return false;
}

void advise_pattern(struct parser *p, const char *text, const struct pattern *pattern)
{
	const struct draft *d = &p->draft;
	const int weakening = first_weakening(d);
	struct buf *b = message_begin(p);
	if (p->source->kind != SOURCE_FILE)
		return;
	quote(b, text, strlen(text));
	if (is_multicast(pattern))
		buf_puts(b, " is no address of a server, so this matches no connection; write the "
			    "host's name or address");
	else if (has_stray_hyphen(pattern))
		buf_puts(b, " is no name of a host (a label begins or ends with '-'), so this "
			    "matches no connection; write the host's name");
	else if (weakening >= 0 && pattern->kind == PATTERN_SUFFIX &&
		 is_public_suffix(pattern->name, pattern->name_length)) {
		buf_puts(b, " is every host of a public domain, and ");
		put_setting(b, weakening, &d->values[weakening]);
		buf_puts(b, " weakens the connections to all of them; write the names of the hosts "
			    "that need it");
	} else
		return;
	message_send(p, CONFIG_WARNING, d->line);
}
