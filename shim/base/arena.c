/* SPDX-License-Identifier: ISC
 *
 * arena: blocks of some KiB, a larger object in a block of its own; freed as a whole. */
#include <tlsmend/base.h>

#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 4096 - 64 /* leaves room for malloc's own header within a page */ };

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	bool lent; /* arena_lend() */
	_Alignas(max_align_t) char data[];
};

static struct arena_block *add_block(struct arena *a, size_t size)
{
	struct arena_block *block;
	const bool large = size > BLOCK_SIZE / 4;
	if (!large)
		size = BLOCK_SIZE;
	KEEP_ERRNO_BEGIN
	block = calloc(1, sizeof *block + size);
	KEEP_ERRNO_END
	if (!block)
		return NULL;
	block->size = size;
	/* A large object goes behind the first block, so that the room left there is still used. */
	if (large && a->blocks) {
		block->next = a->blocks->next;
		a->blocks->next = block;
	} else {
		block->next = a->blocks;
		a->blocks = block;
	}
	return block;
}

void arena_lend(struct arena *a, void *memory, size_t size)
{
	struct arena_block *block = memory;
	memset(memory, 0, size);
	block->size = size - sizeof *block;
	block->lent = true;
	block->next = a->blocks;
	a->blocks = block;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t mask = _Alignof(max_align_t) - 1;
	struct arena_block *block = a->blocks;
	if (n > PTRDIFF_MAX / 2)
		a->failed = true;
	if (a->failed)
		return NULL;
	n = n ? (n + mask) & ~mask : mask + 1;
	if (!block || n > block->size - block->used)
		block = add_block(a, n);
	if (!block) {
		a->failed = true;
		return NULL;
	}
	void *p = block->data + block->used;
	block->used += n;
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	if (!s || n == SIZE_MAX)
		return NULL;
	char *copy = arena_alloc(a, n + 1);
	if (copy && n)
		memcpy(copy, s, n);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

void arena_free(struct arena *a)
{
	KEEP_ERRNO_BEGIN
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;
		if (!a->blocks->lent)
			free(a->blocks);
		a->blocks = next;
	}
	KEEP_ERRNO_END
	a->failed = false;
}
