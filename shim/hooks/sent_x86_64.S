/* SPDX-License-Identifier: ISC
 *
 * The first call of send(2) and sendmsg(2): what stands behind them is looked for, and then jumped to, with all arguments that a function of such a name may
 * have (sent.c).
 */
	.text
	.globl	send_first
	.hidden	send_first
	.type	send_first, @function
	.p2align 4
send_first:
	.cfi_startproc
	endbr64
	leaq	sent_send(%rip), %r11
	jmp	first
	.cfi_endproc
	.size	send_first, .-send_first

	.globl	sendmsg_first
	.hidden	sendmsg_first
	.type	sendmsg_first, @function
	.p2align 4
sendmsg_first:
	.cfi_startproc
	endbr64
	leaq	sent_sendmsg(%rip), %r11
	jmp	first
	.cfi_endproc
	.size	sendmsg_first, .-sendmsg_first

	.type	first, @function
first:
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
	pushq	%r10
	.cfi_adjust_cfa_offset 8
	pushq	%r11
	.cfi_adjust_cfa_offset 8
	subq	$128, %rsp
	.cfi_adjust_cfa_offset 128
	movups	%xmm0, (%rsp)
	movups	%xmm1, 16(%rsp)
	movups	%xmm2, 32(%rsp)
	movups	%xmm3, 48(%rsp)
	movups	%xmm4, 64(%rsp)
	movups	%xmm5, 80(%rsp)
	movups	%xmm6, 96(%rsp)
	movups	%xmm7, 112(%rsp)
	call	sent_prepare
	movups	(%rsp), %xmm0
	movups	16(%rsp), %xmm1
	movups	32(%rsp), %xmm2
	movups	48(%rsp), %xmm3
	movups	64(%rsp), %xmm4
	movups	80(%rsp), %xmm5
	movups	96(%rsp), %xmm6
	movups	112(%rsp), %xmm7
	addq	$128, %rsp
	.cfi_adjust_cfa_offset -128
	popq	%r11
	.cfi_adjust_cfa_offset -8
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
	jmp	*(%r11)
	.cfi_endproc
	.size	first, .-first

	.section .note.GNU-stack, "", @progbits
