/* SPDX-License-Identifier: ISC
 *
 * What must hold whatever the bytes are: for checks that units and fuzz targets share.
 */
#ifndef TESTS_REQUIRE_H
#define TESTS_REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,          \
				#condition);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
