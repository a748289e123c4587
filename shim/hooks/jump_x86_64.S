/* SPDX-License-Identifier: ISC
 *
 * The functions of jump.h (design.md#jump). NAME jumps to where jump_NAME says. NAME_asks has a C function tell where to; meanwhile all registers that a call may
 * pass something in are kept, and the stack stays as it is. No frame of ours is left when the function behind runs.
 */
#include <sys/syscall.h>

#define JUMP(name, asked)             jump name, asked
#define JUMP_UNLESS(name, asked, ...) jump name, asked, __VA_ARGS__

	.macro	jump name, asked, numbers:vararg
	.globl	\name
	.type	\name, @function
	.p2align 4
\name:
	.cfi_startproc
	endbr64
	.ifnb	\numbers
	.irp	number, \numbers
	cmpl	$\number, %edi
	je	\name\()_asks
	.endr
	.endif
	jmp	*jump_\name(%rip)
	.cfi_endproc
	.size	\name, .-\name

	.globl	\name\()_asks
	.hidden	\name\()_asks
	.type	\name\()_asks, @function
	.p2align 4
\name\()_asks:
	.cfi_startproc
	endbr64
	leaq	\asked(%rip), %r11
	jmp	asks
	.cfi_endproc
	.size	\name\()_asks, .-\name\()_asks
	.endm

	.text
#include "hooks.def"

	.type	asks, @function
	.p2align 4
asks:
	.cfi_startproc
	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	pushq	%rsi
	.cfi_adjust_cfa_offset 8
	pushq	%rdx
	.cfi_adjust_cfa_offset 8
	pushq	%rcx
	.cfi_adjust_cfa_offset 8
	pushq	%r8
	.cfi_adjust_cfa_offset 8
	pushq	%r9
	.cfi_adjust_cfa_offset 8
	pushq	%rax			/* how many of the following are used, where the number of arguments varies */
	.cfi_adjust_cfa_offset 8
	pushq	%r10			/* of a function within another */
	.cfi_adjust_cfa_offset 8
	subq	$136, %rsp
	.cfi_adjust_cfa_offset 136
	movups	%xmm0, (%rsp)
	movups	%xmm1, 16(%rsp)
	movups	%xmm2, 32(%rsp)
	movups	%xmm3, 48(%rsp)
	movups	%xmm4, 64(%rsp)
	movups	%xmm5, 80(%rsp)
	movups	%xmm6, 96(%rsp)
	movups	%xmm7, 112(%rsp)
	call	*%r11			/* (first, second) */
	movq	%rax, %r11
	movups	(%rsp), %xmm0
	movups	16(%rsp), %xmm1
	movups	32(%rsp), %xmm2
	movups	48(%rsp), %xmm3
	movups	64(%rsp), %xmm4
	movups	80(%rsp), %xmm5
	movups	96(%rsp), %xmm6
	movups	112(%rsp), %xmm7
	addq	$136, %rsp
	.cfi_adjust_cfa_offset -136
	popq	%r10
	.cfi_adjust_cfa_offset -8
	popq	%rax
	.cfi_adjust_cfa_offset -8
	popq	%r9
	.cfi_adjust_cfa_offset -8
	popq	%r8
	.cfi_adjust_cfa_offset -8
	popq	%rcx
	.cfi_adjust_cfa_offset -8
	popq	%rdx
	.cfi_adjust_cfa_offset -8
	popq	%rsi
	.cfi_adjust_cfa_offset -8
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	jmp	*%r11
	.cfi_endproc
	.size	asks, .-asks

	.section .note.GNU-stack, "", @progbits
