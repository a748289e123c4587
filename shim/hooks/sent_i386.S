/* SPDX-License-Identifier: ISC
 *
 * As sent_x86_64.S; all arguments are on the stack, above the return address.
 */
	.macro	FIRST name, now
	.globl	\name
	.hidden	\name
	.type	\name, @function
	.p2align 4
\name:
	.cfi_startproc
	subl	$12, %esp
	.cfi_adjust_cfa_offset 12
	call	sent_prepare
	addl	$12, %esp
	.cfi_adjust_cfa_offset -12
	call	here
	addl	$_GLOBAL_OFFSET_TABLE_, %ecx
	movl	\now@GOTOFF(%ecx), %eax
	jmp	*%eax
	.cfi_endproc
	.size	\name, .-\name
	.endm

	.text
	FIRST	send_first, sent_send
	FIRST	sendmsg_first, sent_sendmsg

	.type	here, @function
here:
	.cfi_startproc
	movl	(%esp), %ecx
	ret
	.cfi_endproc
	.size	here, .-here

	.section .note.GNU-stack, "", @progbits
