/* SPDX-License-Identifier: ISC */
#include "lost.h"

#include <stdatomic.h>

static _Atomic uint64_t lost; /* the number, below the generation of the process whose they are */

void lost_reset(void)
{
	atomic_store(&lost, 0);
}

static unsigned number_here(uint64_t of)
{
	return of && (uint32_t)(of >> 32) == process_generation() ? (uint32_t)of : 0;
}

void lost_add(unsigned count)
{
	uint64_t before = atomic_load(&lost), after;
	do
		after = ((uint64_t)process_generation() << 32) | (number_here(before) + count);
	while (count && !atomic_compare_exchange_weak(&lost, &before, after));
}

unsigned lost_take(void)
{
	return number_here(atomic_exchange(&lost, 0));
}

bool lost_any(void)
{
	return number_here(atomic_load(&lost)) != 0;
}

void lost_say(struct buf *b, unsigned count, const char *which)
{
	buf_uint(b, count);
	buf_strs(b, which, count == 1 ? " record was" : " records were",
		 " lost, because the log took no more at that moment", NULL);
}
