/* SPDX-License-Identifier: ISC
 *
 * rules SECTIONS: how long it takes to read that many, and to find the rule of a host among them, each of the kinds that a lookup goes through.
 * Prints milliseconds and nanoseconds.
 */
#include <tlsmend/policy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	enum { LOOKUPS = 200000 };
	const long sections = argc > 1 ? atol(argv[1]) : 1;
	struct buf b;
	char host[64];

	buf_init(&b, 0);
	for (long i = 0; i < sections; i++) {
		snprintf(host, sizeof(host),
			 i % 3 ? "[host%ld.example]\n" : "[*.zone%ld.example]\n", i);
		buf_strs(&b, host, "MinProtocol = TLSv1.2\n", NULL);
	}
	const struct config_source source = {
	    .kind = SOURCE_FILE, .name = "rules", .text = buf_str(&b), .length = b.len};
	const double start = now();
	struct policy *p = policy_parse(&source, 1, false, NULL, NULL, NULL);
	const double parsed = now();
	struct rule rule;
	long found = 0;

	for (long i = 0; i < LOOKUPS; i++) {
		snprintf(host, sizeof(host), i % 3 ? "host%ld.example" : "a.zone%ld.example",
			 i % sections);
		const struct peer peer = {.host = host, .port = 443};
		policy_lookup(p, &peer, 0, &rule);
		found += rule.set[KEY_MIN_PROTOCOL] != NULL;
	}
	printf("%.3f %.0f %ld\n", (parsed - start) * 1e3, (now() - parsed) * 1e9 / LOOKUPS, found);
	return 0;
}
