/* SPDX-License-Identifier: ISC
 *
 * As jump_x86_64.S; all arguments are on the stack, above the return address, but for those of a library that has them in registers: eax, edx, ecx (regparm, fastcall), and
 * SSE's, where it is there. So no register is left to jump through, and it is done by `ret`.
 */
#include <sys/syscall.h>

#define JUMP(name, asked)             jump name, asked
#define JUMP_UNLESS(name, asked, ...) jump name, asked, __VA_ARGS__

	/* for where to go, and for eax, which then holds the address that ours lie behind */
	.macro	room
	subl	$4, %esp
	.cfi_adjust_cfa_offset 4
	pushl	%eax
	.cfi_adjust_cfa_offset 4
	call	here
	addl	$_GLOBAL_OFFSET_TABLE_, %eax
	.endm

	.macro	jump name, asked, numbers:vararg
	.globl	\name
	.type	\name, @function
	.p2align 4
\name:
	.cfi_startproc
	.ifnb	\numbers
	.irp	number, \numbers
	cmpl	$\number, 4(%esp)
	je	\name\()_asks
	.endr
	.endif
	room
	movl	jump_\name@GOTOFF(%eax), %eax
	movl	%eax, 4(%esp)
	popl	%eax
	.cfi_adjust_cfa_offset -4
	ret
	.cfi_endproc
	.size	\name, .-\name

	.globl	\name\()_asks
	.hidden	\name\()_asks
	.type	\name\()_asks, @function
	.p2align 4
\name\()_asks:
	.cfi_startproc
	room
	leal	\asked@GOTOFF(%eax), %eax
	jmp	asks
	.cfi_endproc
	.size	\name\()_asks, .-\name\()_asks
	.endm

	.text
#include "hooks.def"

	.type	asks, @function
	.p2align 4
asks:					/* above: eax, where to, return address, arguments */
	.cfi_startproc
	.cfi_adjust_cfa_offset 8
	pushl	%ecx
	.cfi_adjust_cfa_offset 4
	pushl	%edx
	.cfi_adjust_cfa_offset 4
#ifdef __SSE__
	subl	$48, %esp
	.cfi_adjust_cfa_offset 48
	movups	%xmm0, (%esp)
	movups	%xmm1, 16(%esp)
	movups	%xmm2, 32(%esp)
#define KEPT 64
#else
#define KEPT 16
#endif
	subl	$4, %esp
	.cfi_adjust_cfa_offset 4
	pushl	KEPT + 12(%esp)		/* second */
	.cfi_adjust_cfa_offset 4
	pushl	KEPT + 12(%esp)		/* first */
	.cfi_adjust_cfa_offset 4
	call	*%eax
	addl	$12, %esp
	.cfi_adjust_cfa_offset -12
	movl	%eax, KEPT - 4(%esp)
#ifdef __SSE__
	movups	(%esp), %xmm0
	movups	16(%esp), %xmm1
	movups	32(%esp), %xmm2
	addl	$48, %esp
	.cfi_adjust_cfa_offset -48
#endif
	popl	%edx
	.cfi_adjust_cfa_offset -4
	popl	%ecx
	.cfi_adjust_cfa_offset -4
	popl	%eax
	.cfi_adjust_cfa_offset -4
	ret
	.cfi_endproc
	.size	asks, .-asks

	.type	here, @function
here:
	.cfi_startproc
	movl	(%esp), %eax
	ret
	.cfi_endproc
	.size	here, .-here

	.section .note.GNU-stack, "", @progbits
