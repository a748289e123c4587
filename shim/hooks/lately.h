/* SPDX-License-Identifier: ISC
 *
 * What was looked at within the last minute.
 */
#ifndef TLSMEND_HOOKS_LATELY_H
#define TLSMEND_HOOKS_LATELY_H

#include "hooks.h"

/* Has this leaf been looked at within a minute? Notes it as seen where not. For failures that recur with every connection of a client
 * that does not mind, and whose looks at why take milliseconds (lately.c). */
enum { LATELY_LEAVES = 16 };
struct lately {
	struct lock lock;
	struct {
		uint8_t leaf[32];
		uint64_t at_ms;
	} seen[LATELY_LEAVES];
	unsigned next;
};
bool lately_seen(struct lately *l, const uint8_t leaf[32]);

#endif
