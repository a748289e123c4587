/* SPDX-License-Identifier: ISC
 *
 * The comparison of host names as OpenSSL does it (X509_check_host(3)), with the reason of a no. Units hold it against OpenSSL's own.
 */
#include <tlsmend/name_fit.h>

#include <string.h>

enum {
	LONGEST_NAME = 255,   /* of DNS */
	LONGEST_STRANGE = 64, /* several asterisks: comparing takes the product of both lengths */
};

static bool equal(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ascii_lower(a[i]) != ascii_lower(b[i]) || b[i] == '\0')
			return false;
	}
	return true;
}

static bool is_letter_or_digit(char c)
{
	return ascii_is_letter(c) || ascii_is_digit(c);
}

static bool is_alabel(const char *s, size_t n)
{
	return n >= 4 && equal(s, "xn--", 4);
}

/* Every label of letters, digits and inner hyphens, where a label may also be or begin or end with an asterisk. */
static bool is_host_name(struct text name)
{
	for (size_t i = 0; i < name.n; i++) {
		const bool first = i == 0 || name.s[i - 1] == '.';
		const bool last = i + 1 == name.n || name.s[i + 1] == '.';
		if (name.s[i] == '.'   ? first || i + 1 == name.n
		    : name.s[i] == '-' ? first || last || name.s[i + 1] == '*'
				       : name.s[i] != '*' && !is_letter_or_digit(name.s[i]))
			return false;
	}
	return true;
}

static size_t count(const char *s, size_t n, char c)
{
	size_t i, found = 0;
	for (i = 0; i < n; i++)
		found += s[i] == c;
	return found;
}

/* Why OpenSSL takes the asterisk at `star` for itself; FIT_SAME: it is a wildcard. */
static enum name_fit no_wildcard(struct text name, size_t star, unsigned flags)
{
	const bool starts = star == 0, ends = star + 1 == name.n || name.s[star + 1] == '.';
	const size_t after = name.n - star - 1;
	if (flags & CHECK_NO_WILDCARDS)
		return FIT_SWITCHED_OFF;
	if (memchr(name.s, '.', star) || (!starts && !ends) ||
	    memchr(name.s + star + 1, '*', after))
		return FIT_PLACE;
	if (is_alabel(name.s, name.n))
		return FIT_ALABEL;
	if ((flags & CHECK_NO_PARTIAL) && (!starts || !ends))
		return FIT_PARTIAL;
	if (!is_host_name(name))
		return FIT_PATTERN;
	return count(name.s + star, after + 1, '.') < 2 ? FIT_FEW_LABELS : FIT_SAME;
}

/* What the wildcard would have to stand for. */
static enum name_fit stands_for(struct text part, bool whole, unsigned flags)
{
	if (whole && part.n == 0)
		return FIT_OTHER;
	if (part.n == 1 && part.s[0] == '*')
		return FIT_SAME;
	if (!(whole && (flags & CHECK_MULTI_LABEL)) && memchr(part.s, '.', part.n))
		return FIT_LABELS;
	for (size_t i = 0; i < part.n; i++) {
		if (!is_letter_or_digit(part.s[i]) && part.s[i] != '-' && part.s[i] != '.')
			return FIT_CHARACTER;
	}
	return FIT_SAME;
}

/* Would it fit if each asterisk stood for anything? */
static bool fits_loosely(struct text asked, struct text name)
{
	size_t i = 0, k = 0, star = SIZE_MAX, from = 0;
	while (i < asked.n) {
		if (k < name.n && name.s[k] == '*') {
			star = k++;
			from = i;
		} else if (k < name.n && equal(asked.s + i, name.s + k, 1)) {
			i++;
			k++;
		} else if (star != SIZE_MAX) {
			i = ++from;
			k = star + 1;
		} else {
			return false;
		}
	}
	while (k < name.n && name.s[k] == '*')
		k++;
	return k == name.n;
}

static enum name_fit fit_wildcard(struct text asked, struct text name, size_t star, unsigned flags)
{
	const size_t after = name.n - star - 1;
	const bool whole = star == 0 && after > 0 && name.s[1] == '.';
	struct text part;
	enum name_fit fit;
	if (memchr(name.s + star + 1, '*', after))
		return name.n <= LONGEST_STRANGE && fits_loosely(asked, name)
			   ? no_wildcard(name, star, flags)
			   : FIT_OTHER;
	if (whole && after > 1 && asked.n == after - 1 && equal(asked.s, name.s + 2, asked.n))
		fit = FIT_ABOVE;
	else if (asked.n < name.n - 1 || !equal(asked.s, name.s, star) ||
		 !equal(asked.s + asked.n - after, name.s + star + 1, after))
		return FIT_OTHER;
	else {
		part = (struct text){asked.s + star, asked.n - star - after};
		fit = stands_for(part, whole, flags);
		if (fit == FIT_SAME && !whole && is_alabel(asked.s, asked.n))
			fit = FIT_ALABEL;
		if (fit == FIT_OTHER)
			return fit;
	}
	return no_wildcard(name, star, flags) != FIT_SAME ? no_wildcard(name, star, flags) : fit;
}

/* A name that begins with a dot asks for any name below it (X509_VERIFY_PARAM_set1_host(3)). */
static bool is_below(struct text asked, struct text name)
{
	return asked.n > 1 && asked.s[0] == '.' && name.n > asked.n &&
	       equal(name.s + name.n - asked.n, asked.s, asked.n) && !memchr(name.s, '\0', name.n);
}

enum name_fit name_fit(struct text asked, struct text name, unsigned flags)
{
	if (asked.n == 0 || name.n == 0 || name.n > LONGEST_NAME)
		return FIT_OTHER;
	if ((asked.n == name.n && equal(asked.s, name.s, name.n)) || is_below(asked, name))
		return FIT_SAME;
	if (asked.n > 1 && asked.s[asked.n - 1] == '.') {
		enum name_fit fit = name_fit((struct text){asked.s, asked.n - 1}, name, flags);
		if (fit != FIT_OTHER) /* what else is wrong would be so without the dot, too */
			return fit == FIT_SAME ? FIT_FINAL_DOT : fit;
	}
	if (name.n > 1 && name.s[name.n - 1] == '.' &&
	    name_fit(asked, (struct text){name.s, name.n - 1}, flags) == FIT_SAME)
		return FIT_DOT_IN_NAME;
	const char *star = asked.n > 1 && asked.s[0] == '.' ? NULL : memchr(name.s, '*', name.n);
	return star ? fit_wildcard(asked, name, (size_t)(star - name.s), flags) : FIT_OTHER;
}

bool name_is_plain(struct text name)
{
	bool letter = false;
	for (size_t i = 0; i < name.n; i++) {
		if (!is_letter_or_digit(name.s[i]) && !memchr("-_.*", name.s[i], 4))
			return false;
		letter = letter || !(ascii_is_digit(name.s[i]) || name.s[i] == '.');
	}
	return letter && name.s[0] != '.';
}
