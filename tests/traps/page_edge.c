/* SPDX-License-Identifier: ISC
 *
 * Trap: code that was made at run time calls OpenSSL from the very end or the very start of what is mapped, or from memory that may be
 * executed and not read. Who looks at the bytes around the return address reads what is not there.
 *
 * page_edge end|start|execute-only
 */
#include "common.h"
#include <sys/mman.h>

#ifdef __x86_64__
/* (argument, function): sub rsp,8; mov rax,rsi; call rax; add rsp,8; ret */
static const unsigned char call_last[] = {0x48, 0x83, 0xec, 8,    0x48, 0x89, 0xf0,
					  0xff, 0xd0, 0x48, 0x83, 0xc4, 8,    0xc3};
/* The call as the first instruction, entered with the stack as within a function: call rsi; add rsp,8; ret */
static const unsigned char call_first[] = {0xff, 0xd6, 0x48, 0x83, 0xc4, 8, 0xc3};

static SSL_CTX *enter_first(void *code, const SSL_METHOD *method, void *function)
{
	SSL_CTX *result;
	__asm__ volatile("subq $128, %%rsp\n"
			 "call 1f\n"
			 "jmp 2f\n"
			 "1: subq $8, %%rsp\n"
			 "jmp *%[code]\n"
			 "2: addq $128, %%rsp\n"
			 : "=a"(result), "+D"(method), "+S"(function)
			 : [code] "b"(code)
			 : "memory", "cc", "rcx", "rdx", "r8", "r9", "r10", "r11");
	return result;
}

int main(int argc, char **argv)
{
	enum { PAGE = 4096 };
	unsigned char *p =
	    mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const char *how = argc > 1 ? argv[1] : "";
	const int first = strcmp(how, "start") == 0;
	unsigned char *code = first ? p + PAGE : p + 2 * PAGE - sizeof call_last;
	union {
		void *object;
		SSL_CTX *(*create)(const SSL_METHOD *);
		SSL_CTX *(*call)(const SSL_METHOD *, void *);
	} f = {.create = SSL_CTX_new}, run = {.object = code};

	NEED(p != MAP_FAILED);
	memcpy(code, first ? call_first : call_last, first ? sizeof call_first : sizeof call_last);
	munmap(p, PAGE);
	munmap(p + 2 * PAGE, PAGE);
	NEED(mprotect(p + PAGE, PAGE,
		      strcmp(how, "execute-only") == 0 ? PROT_EXEC : PROT_READ | PROT_EXEC) == 0);
	for (int i = 0; i < 3; i++) {
		SSL_CTX *ctx = first ? enter_first(code, TLS_client_method(), f.object)
				     : run.call(TLS_client_method(), f.object);
		printf("%s\n", ctx ? "a context" : "none");
		SSL_CTX_free(ctx);
	}
	return 0;
}
#else
int main(void)
{
	return 0;
}
#endif
