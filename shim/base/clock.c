/* SPDX-License-Identifier: ISC
 *
 * clock: time without time zone files and locale. */
#include <tlsmend/base.h>

enum { DAY = 86400 };

static int64_t clock_ms(clockid_t which)
{
	struct timespec t = {0, 0};
	KEEP_ERRNO_BEGIN
	clock_gettime(which, &t);
	KEEP_ERRNO_END
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

uint64_t clock_monotonic_ms(void)
{
	return (uint64_t)clock_ms(CLOCK_MONOTONIC);
}

int64_t clock_realtime_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Never by multiplying back: that overflows at the ends of the range. */
static unsigned floor_mod(int64_t a, int64_t b)
{
	return (unsigned)(a % b + (a % b < 0 ? b : 0));
}

/* Both directions count in eras of 400 years that begin on 1 March, so that the leap day comes last
 * (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
struct civil_time civil_from_unix(int64_t seconds)
{
	const int64_t days = floor_div(seconds, DAY);
	const unsigned rest = floor_mod(seconds, DAY);
	const int64_t shifted = days + 719468; /* since 0000-03-01 */
	const int64_t era = floor_div(shifted, 146097);
	const unsigned doe = floor_mod(shifted, 146097);
	const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	const unsigned mp = (5 * doy + 2) / 153;
	struct civil_time t = {.day = doy - (153 * mp + 2) / 5 + 1,
			       .month = mp < 10 ? mp + 3 : mp - 9,
			       .hour = rest / 3600,
			       .minute = rest / 60 % 60,
			       .second = rest % 60};
	t.year = (int64_t)yoe + era * 400 + (t.month <= 2);
	return t;
}

int64_t civil_to_unix(const struct civil_time *t)
{
	const int64_t limit = 290000000000; /* further years do not fit into 64 bits of seconds */
	const int64_t given = t->year > limit ? limit : t->year < -limit ? -limit : t->year;
	const int64_t year = given - (t->month <= 2);
	const int64_t era = floor_div(year, 400);
	const unsigned yoe = floor_mod(year, 400);
	const unsigned month = t->month > 2 ? t->month - 3 : t->month + 9;
	const unsigned doy = (153 * month + 2) / 5 + t->day - 1;
	const int64_t doe = (int64_t)yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return (era * 146097 + doe - 719468) * DAY + (int64_t)t->hour * 3600 +
	       (int64_t)t->minute * 60 + t->second;
}

bool civil_valid(const struct civil_time *t)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const bool leap = t->year % 4 == 0 && (t->year % 100 != 0 || t->year % 400 == 0);
	/* What GeneralizedTime and RFC 3339 can express. */
	if (t->year < 0 || t->year > 9999 || t->month < 1 || t->month > 12)
		return false;
	return t->day >= 1 && t->day <= days[t->month - 1] + (unsigned)(leap && t->month == 2) &&
	       t->hour <= 23 && t->minute <= 59 && t->second <= 59;
}

static void add_padded(struct buf *b, uint64_t v, unsigned width)
{
	uint64_t bound = 1;
	while (width-- > 1)
		bound *= 10;
	for (; bound > 1 && v < bound; bound /= 10)
		buf_putc(b, '0');
	buf_uint(b, v);
}

static void add_date(struct buf *b, const struct civil_time *t)
{
	if (t->year < 0)
		buf_putc(b, '-');
	add_padded(b, t->year < 0 ? -(uint64_t)t->year : (uint64_t)t->year, 4);
	buf_putc(b, '-');
	add_padded(b, t->month, 2);
	buf_putc(b, '-');
	add_padded(b, t->day, 2);
}

void buf_date(struct buf *b, int64_t seconds)
{
	const struct civil_time t = civil_from_unix(seconds);
	add_date(b, &t);
}

void buf_rfc3339_ms(struct buf *b, int64_t milliseconds)
{
	const int64_t seconds = floor_div(milliseconds, 1000);
	const struct civil_time t = civil_from_unix(seconds);
	add_date(b, &t);
	buf_putc(b, 'T');
	add_padded(b, t.hour, 2);
	buf_putc(b, ':');
	add_padded(b, t.minute, 2);
	buf_putc(b, ':');
	add_padded(b, t.second, 2);
	buf_putc(b, '.');
	add_padded(b, floor_mod(milliseconds, 1000), 3);
	buf_putc(b, 'Z');
}
