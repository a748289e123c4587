/* SPDX-License-Identifier: ISC
 *
 * Another preloaded library, as users have them: counts malloc and SSL_CTX_new and hands on through dlsym(RTLD_NEXT).
 * Stands before and after tlsmend in LD_PRELOAD. It prints when asked (interposer_print), so that the program
 * decides when.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned long mallocs, contexts;
/* volatile: glibc declares dlsym a leaf, but it calls malloc and free, which are here. */
static volatile int in_lookup;
/* For malloc during the look-up of malloc. */
static char early[65536];
static size_t early_used;

void *SSL_CTX_new(const void *method);
void interposer_print(void);
extern void *__libc_malloc(size_t n);

void *malloc(size_t n)
{
	static void *(*real)(size_t);

	mallocs++;
	if (!real) {
		if (in_lookup) {
			void *p = early + early_used;

			early_used += (n + 15) & ~(size_t)15;
			if (early_used > sizeof(early))
				abort();
			return p;
		}
		in_lookup = 1;
		real = ((union {
			       void *object;
			       void *(*function)(size_t);
		       }){dlsym(RTLD_NEXT, "malloc")})
			   .function;
		in_lookup = 0;
	}
	return real(n);
}

void free(void *p)
{
	static void (*real)(void *);

	if ((char *)p >= early && (char *)p < early + sizeof(early))
		return;
	if (!real) {
		/* dlsym frees the text of an earlier error, and so comes back here: that text is let go. */
		if (in_lookup)
			return;
		in_lookup = 1;
		real = ((union {
			       void *object;
			       void (*function)(void *);
		       }){dlsym(RTLD_NEXT, "free")})
			   .function;
		in_lookup = 0;
	}
	real(p);
}

void *SSL_CTX_new(const void *method)
{
	static void *(*real)(const void *);

	contexts++;
	if (!real)
		real = ((union {
			       void *object;
			       void *(*function)(const void *);
		       }){dlsym(RTLD_NEXT, "SSL_CTX_new")})
			   .function;
	return real(method);
}

void interposer_print(void)
{
	printf("interposer: SSL_CTX_new %lu times, malloc %s\n", contexts,
	       mallocs > 0 ? "seen" : "not seen");
}
