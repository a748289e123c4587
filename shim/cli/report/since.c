/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "report.h"

static bool ago(const char *text, int64_t now_ms, int64_t *ms)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	const size_t n = strspn(text, "0123456789");
	if (n < 1 || n > 6 || strlen(text) != n + 1)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
		if (units[i].unit == text[n]) {
			*ms = now_ms - strtol(text, NULL, 10) * units[i].seconds * 1000;
			return true;
		}
	return false;
}

bool report_since_parse(const char *text, int64_t now_ms, int64_t *ms)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	const size_t n = strlen(text), day = 10;
	unsigned v[6] = {0};
	if (ago(*text == '-' ? text + 1 : text, now_ms, ms))
		return true;
	if (n != day && n != sizeof form - 1)
		return false;
	for (size_t i = 0; i < n; i++)
		if (form[i] == '0' ? !ascii_is_digit(text[i]) : form[i] != text[i])
			return false;
	if (sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2u", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5]) < 3)
		return false;
	const struct civil_time t = {
	    .year = v[0], .month = v[1], .day = v[2], .hour = v[3], .minute = v[4], .second = v[5]};
	*ms = civil_valid(&t) ? civil_to_unix(&t) * 1000 : 0;
	return civil_valid(&t);
}
