/* SPDX-License-Identifier: ISC
 *
 * "Would this help?" for keys that change how a chain is looked at: another path, a laxer look at form, another name. At most one of
 * them is about the fault that was found first.
 */
#include "certificate.h"
#include <tlsmend/vocabulary.h>

#include <string.h>

/* Can it stand in a rule as it is? */
static bool is_host_name(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char c = ascii_lower(s[i]);
		if (!(c >= 'a' && c <= 'z') && !ascii_is_digit(c) && !memchr("-_.", c, 3))
			return false;
	}
	return n > 0;
}

/* The one name that the leaf carries; NULL: none, several, or one with a wildcard. */
static const char *only_name(struct evidence *e)
{
	const struct cert_info *leaf = e->presented_count > 0 ? &e->presented[0] : NULL;
	if (!leaf || leaf->san_count != 1)
		return NULL;
	const struct text *t = &leaf->san[0];
	if (t->n <= 4 || memcmp(t->s, "DNS:", 4) != 0 || !is_host_name(t->s + 4, t->n - 4))
		return NULL;
	return arena_strndup(&e->arena, t->s + 4, t->n - 4);
}

/* A wildcard stands for no underscore, and a name with a dot at its end is in no certificate: the same name as it is usually written.
 * NULL: it is. */
static const char *usual_form(struct evidence *e)
{
	const char *host = e->expected_name ? e->expected_name : e->host;
	const size_t n = host ? strlen(host) : 0;
	size_t i;
	if (n < 2 || (!strchr(host, '_') && host[n - 1] != '.'))
		return NULL;
	char *name = arena_strndup(&e->arena, host, host[n - 1] == '.' ? n - 1 : n);
	for (i = 0; name && name[i] != '\0'; i++) {
		if (name[i] == '_')
			name[i] = '-';
	}
	return name;
}

static void try_names(struct evidence *e, const struct evidence_trial *t)
{
	const char *names[2];
	size_t i;
	names[0] = usual_form(e);
	names[1] = only_name(e);
	for (i = 0; i < 2 && !e->expect_name; i++) {
		if (names[i] && t->passes_with(t->arg, WITH_NAME, names[i]))
			e->expect_name = names[i];
	}
}

void evidence_try_keys(struct evidence *e, const struct evidence_trial *t)
{
	const struct verify_error first = evidence_headline(e);
	const enum verify_symbol symbol = verify_symbol(first.code, e->version);
	const enum cause cause = verify_symbol_cause(symbol);
	if (!t || !t->passes_with || first.code == 0)
		return;
	if (e->other_path_count > 0)
		e->trusted_first_tried =
		    t->passes_with(t->arg, WITH_TRUSTED_FIRST, NULL) ? TRIED_GOOD : TRIED_BAD;
	else if (cause == CAUSE_STRICT_PROFILE)
		e->strict_tried =
		    t->passes_with(t->arg, WITHOUT_STRICT, NULL) ? TRIED_GOOD : TRIED_BAD;
	else if (cause == CAUSE_NAME_MISMATCH || cause == CAUSE_ADDRESS_MISMATCH)
		try_names(e, t);
}
