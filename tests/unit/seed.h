/* SPDX-License-Identifier: ISC
 *
 * Seeds of the fuzz target fuzz_record, for units; these run from the top of the tree.
 */
#ifndef TESTS_SEED_H
#define TESTS_SEED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEED_HEAD = 2 }; /* bytes before the certificates: how the target is to use them */

static inline size_t seed_load(const char *name, uint8_t *data, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), "tests/fuzz/corpus/fuzz_record/%s", name);
	FILE *f = fopen(path, "rb");
	if (!f) {
		fprintf(stderr, "%s is missing\n", path);
		exit(1);
	}
	size_t n = fread(data, 1, size, f);
	fclose(f);
	return n;
}

#endif
