/* SPDX-License-Identifier: ISC
 * civil time */
#include <tlsmend/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Every day from 1601 to 9999, against a calendar that counts by hand. */
static void round_trips_1601_to_9999(void **state)
{
	static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t seconds = -11644473600; /* 1601-01-01, the epoch of FILETIME */

	(void)state;
	for (int64_t year = 1601; year <= 9999; year++) {
		const bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);

		for (unsigned month = 1; month <= 12; month++) {
			const unsigned days = lengths[month - 1] + (month == 2 && leap);

			for (unsigned day = 1; day <= days; day++) {
				const struct civil_time t = civil_from_unix(seconds + 86399);

				if (t.year != year || t.month != month || t.day != day ||
				    t.hour != 23 || t.minute != 59 || t.second != 59 ||
				    civil_to_unix(&t) != seconds + 86399 || !civil_valid(&t))
					fail_msg("%d-%u-%u", (int)year, month, day);
				seconds += 86400;
			}
		}
	}
	assert_int_equal(seconds, 253402300800); /* 10000-01-01 */
}

static void refuses_what_no_calendar_has(void **state)
{
	static const struct civil_time bad[] = {
	    {2026, 2, 29, 0, 0, 0}, {2100, 2, 29, 0, 0, 0}, {2026, 0, 1, 0, 0, 0},
	    {2026, 13, 1, 0, 0, 0}, {2026, 4, 31, 0, 0, 0}, {2026, 1, 0, 0, 0, 0},
	    {2026, 1, 1, 24, 0, 0}, {2026, 1, 1, 0, 60, 0}, {2026, 1, 1, 0, 0, 60},
	    {10000, 1, 1, 0, 0, 0}, {-1, 1, 1, 0, 0, 0},
	};
	const struct civil_time good = {2000, 2, 29, 23, 59, 59};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		assert_false(civil_valid(&bad[i]));
	assert_true(civil_valid(&good));
}

static void formats(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_date(&b, 1806364800 + 86399);
	buf_putc(&b, ' ');
	buf_rfc3339_ms(&b, 7);
	buf_putc(&b, ' ');
	buf_rfc3339_ms(&b, -1);
	buf_putc(&b, ' ');
	buf_date(&b, -62135596800);
	assert_string_equal(buf_str(&b), "2027-03-30 1970-01-01T00:00:00.007Z "
					 "1969-12-31T23:59:59.999Z 0001-01-01");
	buf_free(&b);
}

/* A certificate may say anything; nothing overflows (UBSan watches). */
static void extremes(void **state)
{
	const struct civil_time far = {INT64_MAX, 12, 31, 23, 59, 59};
	const struct civil_time long_ago = {INT64_MIN, 1, 1, 0, 0, 0};
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_date(&b, INT64_MIN);
	buf_date(&b, INT64_MAX);
	buf_rfc3339_ms(&b, INT64_MIN);
	buf_rfc3339_ms(&b, INT64_MAX);
	buf_free(&b);
	assert_true(civil_to_unix(&far) > 0);
	assert_true(civil_to_unix(&long_ago) < 0);
}

static void clocks_run(void **state)
{
	(void)state;
	assert_true(clock_monotonic_ms() > 0);
	assert_true(clock_realtime_ms() / 1000 - time(NULL) <= 1);
	assert_true(clock_realtime_ms() / 1000 - time(NULL) >= -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(round_trips_1601_to_9999),
	    cmocka_unit_test(refuses_what_no_calendar_has),
	    cmocka_unit_test(formats),
	    cmocka_unit_test(extremes),
	    cmocka_unit_test(clocks_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
