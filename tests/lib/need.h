/* SPDX-License-Identifier: ISC
 *
 * What a test's program cannot go on without: says which, and ends with a status that no test expects. NEED_SAYS, defined before this
 * is included, says more.
 */
#ifndef TESTS_NEED_H
#define TESTS_NEED_H

#include <stdio.h>
#include <stdlib.h>

#ifndef NEED_SAYS
#define NEED_SAYS() ((void)0)
#endif

#define NEED(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: needed: %s\n", __FILE__, __LINE__, #condition);    \
			NEED_SAYS();                                                               \
			exit(99);                                                                  \
		}                                                                                  \
	} while (0)

#endif
