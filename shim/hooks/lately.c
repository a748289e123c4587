/* SPDX-License-Identifier: ISC
 *
 * Leaves that were looked at within the last minute.
 */
#include <string.h>

#include "lately.h"

bool lately_seen(struct lately *l, const uint8_t leaf[32])
{
	enum { AGAIN_AFTER_MS = 60000 };
	uint64_t now = clock_monotonic_ms();
	bool lately = false;
	if (!lock_enter(&l->lock, NULL))
		return false;
	for (unsigned i = 0; i < LATELY_LEAVES; i++)
		if (l->seen[i].at_ms && now - l->seen[i].at_ms < AGAIN_AFTER_MS &&
		    memcmp(l->seen[i].leaf, leaf, sizeof l->seen[i].leaf) == 0)
			lately = true;
	if (!lately) {
		memcpy(l->seen[l->next % LATELY_LEAVES].leaf, leaf, sizeof l->seen[0].leaf);
		l->seen[l->next++ % LATELY_LEAVES].at_ms = now;
	}
	lock_leave(&l->lock);
	return lately;
}
