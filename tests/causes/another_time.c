/* SPDX-License-Identifier: ISC
 *
 * As libfaketime: a program that this is preloaded into is shown the time that SHOWN_TIME names. */
#include <stdlib.h>
#include <time.h>

time_t time(time_t *t)
{
	const char *shown = getenv("SHOWN_TIME");
	struct timespec now = {0, 0};
	time_t seconds;

	clock_gettime(CLOCK_REALTIME, &now);
	seconds = shown ? (time_t)atoll(shown) : now.tv_sec;
	if (t)
		*t = seconds;
	return seconds;
}
