/* SPDX-License-Identifier: ISC
 *
 * The padlock's window, as text. Records and names in here were escaped by who wrote them.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/record.h>

#include "../screen.h"
#include "sight.h"

enum { LABEL = 9, WIDTH = 100 };

/* "why      text", filled up to the width. */
static void paragraph(const char *label, const char *text)
{
	struct buf b;
	buf_init(&b, 0);
	escape_text(&b, text, strlen(text), 0);
	/* what is to be copied stays as it is */
	if (*text == ' ') {
		printf("%-*s%s\n", LABEL, label, buf_str(&b));
	} else if (*label) {
		char *line = join(label, NULL);
		printf("%-*s", LABEL, line);
		free(line);
		say_hanging(buf_str(&b), LABEL, screen_width(WIDTH));
	} else {
		say_wrapped(buf_str(&b), LABEL, screen_width(WIDTH));
	}
	buf_free(&b);
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* But for those about a next step with the command, which are for readers of a log. */
static void paragraphs(const char *label, const json_t *list)
{
	json_t *line;
	size_t i;
	json_array_foreach(list, i, line)
	{
		const char *text = json_string_value(line) ? json_string_value(line) : "";
		if (begins(text, RECORD_ONE_STEP) || begins(text, RECORD_TO_SEE))
			continue;
		paragraph(label, text);
		label = "";
	}
}

/* ---- the path -------------------------------------------------------------------------------------------- */

static void mark(enum screen_mark m)
{
	static const char *const words[] = {"[ok]", "[x] ", "[?] "};
	printf("%s%s%s ", screen_colour(m), words[m], screen_plain());
}

static enum screen_mark mark_of(const struct sight *s, size_t i)
{
	const json_int_t depth = json_integer_value(json_object_get(s->failure, "depth"));
	const bool verify = strcmp(json_text(s->failure, "event"), "verify_failed") == 0;
	if (s->result == SIGHT_TRUSTED)
		return MARK_GOOD;
	if (sight_lacks_anchor(s))
		return i + 1 == s->path ? MARK_BAD : MARK_UNKNOWN;
	return verify && (json_int_t)i == depth ? MARK_BAD : MARK_UNKNOWN;
}

static const char *where_trust_ends(const struct sight *s, size_t i)
{
	const struct seen_certificate *c = &s->certificate[i];
	if (i + 1 != s->path)
		return "";
	if (s->result == SIGHT_TRUSTED)
		return c->presented ? "   <- trusted here" : "   <- trusted here, not sent";
	if (!sight_lacks_anchor(s))
		return "";
	return c->self_issued ? "   <- not trusted" : "   <- its issuer was not found";
}

static void detail(unsigned indent, const char *label, const char *text)
{
	printf("%*s%-8s%s\n", (int)indent, "", label, text);
}

static void draw_certificate(const struct seen_certificate *c, unsigned indent, bool fingerprint)
{
	char text[256];
	if (c->san[0]) {
		struct buf b;
		buf_init(&b, 0);
		for (char **n = c->san; *n; n++)
			buf_strs(&b, *n, n[1] ? ", " : "", NULL);
		printf("%*s%-8s", (int)indent, "", "names");
		say_hanging(buf_str(&b), indent + 8, screen_width(SCREEN_UNBOUNDED));
		buf_free(&b);
	}
	snprintf(text, sizeof text, "%s to %s (%s%ld day%s%s)", c->not_before, c->not_after,
		 c->days_left < 0 ? "ended " : "", labs(c->days_left),
		 labs(c->days_left) == 1 ? "" : "s", c->days_left < 0 ? " ago" : "");
	detail(indent, "valid", text);
	snprintf(text, sizeof text, "%s, signed with %s", c->key, c->signature);
	detail(indent, "key", text);
	if (fingerprint)
		detail(indent, "sha256", c->sha256);
}

void sight_draw_path(const struct sight *s, bool fingerprints)
{
	const struct seen_certificate *top = s->path ? &s->certificate[s->path - 1] : NULL;
	unsigned indent = LABEL;
	if (!top)
		return;
	printf("%-*s", LABEL, "path");
	if (sight_lacks_anchor(s) && !top->self_issued) {
		mark(MARK_UNKNOWN);
		printf("%s   (not sent, and in no store here)\n", top->issuer_name);
		printf("%*s", LABEL, "");
	}
	for (size_t i = s->path; i-- > 0;) {
		mark(mark_of(s, i));
		printf("%s%s\n", s->certificate[i].name, where_trust_ends(s, i));
		draw_certificate(&s->certificate[i], indent + 5, fingerprints);
		indent += 2;
		if (i)
			printf("%*s", (int)indent, "");
	}
	for (size_t i = s->path; i < s->count; i++)
		printf("%-*s%s\n", LABEL, i == s->path ? "also sent" : "", s->certificate[i].name);
}

/* ---- what the server offers --------------------------------------------------------------------------------- */

static void list_versions(const struct sight *s, bool spoken)
{
	unsigned shown = 0;
	for (size_t i = 0; i < PROBE_VERSIONS; i++) {
		const json_t *v = s->versions[i];
		if (json_is_true(json_object_get(v, "possible")) &&
		    json_is_true(json_object_get(v, "reached")) &&
		    json_is_true(json_object_get(v, "spoken")) == spoken)
			printf("%s%s",
			       shown++  ? ", "
			       : spoken ? ""
					: "; not ",
			       json_text(v, "version"));
	}
}

/* The newest version that it speaks. */
static const json_t *newest(const struct sight *s)
{
	for (size_t i = PROBE_VERSIONS; i-- > 0;)
		if (json_is_true(json_object_get(s->versions[i], "spoken")))
			return s->versions[i];
	return NULL;
}

static void draw_authorities(const json_t *v)
{
	const json_t *list = json_object_get(v, "authorities");
	json_t *name;
	size_t i;
	if (!json_is_true(json_object_get(v, "asked"))) {
		printf("%*sasks for no client certificate\n", LABEL, "");
		return;
	}
	printf("%*sasks for a client certificate%s\n", LABEL, "",
	       json_array_size(list) ? " of:" : "; of which CAs it does not say");
	json_array_foreach(list, i, name)
	{
		printf("%*s  %s\n", LABEL, "",
		       json_string_value(name) ? json_string_value(name) : "");
	}
}

static void draw_server(const struct sight *s)
{
	const json_t *v = newest(s), *old = s->versions[2];
	if (!v)
		return;
	printf("%-*s", LABEL, "server");
	list_versions(s, true);
	list_versions(s, false);
	printf("\n%*skey exchange %s, %s\n", LABEL, "", json_text(v, "key_exchange"),
	       json_text(v, "cipher"));
	if (json_object_get(old, "secure_renegotiation"))
		printf("%*ssecure renegotiation: %s\n", LABEL, "",
		       json_is_true(json_object_get(old, "secure_renegotiation")) ? "yes" : "no");
	draw_authorities(v);
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static void draw_headline(const struct sight *s)
{
	static const char *const words[] = {"is trusted", "is not trusted",
					    "does not answer in TLS"};
	const char *cause = json_text(s->failure, "cause");
	printf("%s%s %s%s", screen_colour(s->result == SIGHT_TRUSTED ? MARK_GOOD : MARK_BAD),
	       s->asked, words[s->result], screen_plain());
	if (*cause)
		printf(" [%s]", cause);
	putchar('\n');
	if (*json_text(s->facts, "address") || *json_text(s->facts, "protocol"))
		printf("%-*s%s%s%s%s%s\n", LABEL, "at", json_text(s->facts, "address"),
		       *json_text(s->facts, "protocol") ? "  " : "",
		       json_text(s->facts, "protocol"), *json_text(s->facts, "cipher") ? " " : "",
		       json_text(s->facts, "cipher"));
}

/* In the words that other clients have for it. */
static void draw_defaults(const struct sight *s)
{
	const json_int_t code = json_integer_value(json_object_get(s->facts, "verify"));
	char number[32];
	if (s->mended) {
		char *text =
		    join("trusted by the rule ", json_text(s->mended, "rule"),
			 "; without it: ", s->plain ? json_text(s->plain, "cause") : "?",
			 s->plain ? ", " : "", s->plain ? json_text(s->plain, "why") : "", NULL);
		paragraph("rule", text);
		free(text);
	} else if (code && s->result == SIGHT_UNTRUSTED) {
		snprintf(number, sizeof number, " (%lld)", (long long)code);
		char *text = join("other clients here say: certificate verify failed: ",
				  json_text(s->facts, "verify_text"), number, NULL);
		paragraph("code", text);
		free(text);
	}
}

/* Not where something else is wrong too, so that with a CA alone it would still fail. */
static bool proposes_trust_alone(const struct sight *s)
{
	bool trust = false, more = false;
	json_t *line;
	size_t i;
	json_array_foreach(json_object_get(s->failure, "help"), i, line)
	{
		const char *text = json_string_value(line) ? json_string_value(line) : "";
		const bool extra = strstr(text, "ExtraCAFile = ") != NULL;
		trust = trust || extra;
		more = more || (!extra && *text == ' ' && strstr(text, " = "));
	}
	return trust && !more;
}

void sight_draw(const struct sight *s)
{
	draw_headline(s);
	if (*json_text(s->failure, "why"))
		paragraph("why", json_text(s->failure, "why"));
	else if (*json_text(s->failure, "message"))
		paragraph("why", json_text(s->failure, "message"));
	else if (*json_text(s->facts, "error"))
		paragraph("why", json_text(s->facts, "error"));
	sight_draw_path(s, true);
	paragraphs("note", json_object_get(s->failure, "notes"));
	draw_server(s);
	draw_defaults(s);
	paragraphs("help", json_object_get(s->failure, "help"));
	if (sight_lacks_anchor(s) && proposes_trust_alone(s))
		printf("%-*stlsmend trust %s\n", LABEL, "next", s->words);
}
