/* SPDX-License-Identifier: ISC
 *
 * rules SECTIONS [LOOKUPS]: how long it takes to read that many, and to find the rule of a host among them, each of the kinds that a lookup goes
 * through. Prints milliseconds and nanoseconds of processor time.
 */
#include <tlsmend/policy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

enum { HOSTS = 4096 };
static char hosts[HOSTS][64];

/* Every third section is for what is below a name. */
static void name_of(long section, bool pattern, char out[64])
{
	const char *of = section % 3 ? "host%ld.example"
			 : pattern   ? "*.zone%ld.example"
				     : "a.zone%ld.example";

	snprintf(out, sizeof(hosts[0]), of, section);
}

int main(int argc, char **argv)
{
	const long sections = argc > 1 ? atol(argv[1]) : 1,
		   lookups = argc > 2 ? atol(argv[2]) : 200000;
	struct buf b;

	buf_init(&b, 0);
	for (long i = 0; i < sections; i++) {
		name_of(i, true, hosts[0]);
		buf_strs(&b, "[", hosts[0], "]\nMinProtocol = TLSv1.2\n", NULL);
	}
	for (long i = 0; i < HOSTS; i++)
		name_of(sections > HOSTS ? i * (sections / HOSTS) : i % sections, false, hosts[i]);
	const struct config_source source = {
	    .kind = SOURCE_FILE, .name = "rules", .text = buf_str(&b), .length = b.len};
	const double start = now();
	struct policy *p = policy_parse(&source, 1, false, NULL, NULL, NULL);
	const double parsed = now();
	struct rule rule;
	long found = 0;

	for (long i = 0; i < lookups; i++) {
		const struct peer peer = {.host = hosts[i % HOSTS], .port = 443};
		policy_lookup(p, &peer, 0, &rule);
		found += rule.set[KEY_MIN_PROTOCOL] != NULL;
	}
	printf("%.3f %.0f\n", (parsed - start) * 1e3,
	       lookups ? (now() - parsed) * 1e9 / (double)lookups : 0.0);
	return found == lookups ? 0 : 1;
}
