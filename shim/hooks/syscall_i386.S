/* SPDX-License-Identifier: ISC
 *
 * As syscall_x86_64.S; all arguments are on the stack, above the return address.
 */
	.text
	.globl	syscall
	.type	syscall, @function
	.p2align 4
syscall:
	.cfi_startproc
	cmpl	$354, 4(%esp)		/* SYS_seccomp */
	je	sandbox_seccomp		/* (number, operation, flags, arguments) */
	cmpl	$6, 4(%esp)		/* SYS_close */
	je	sandbox_close		/* (number, fd) */
0:	call	here
	addl	$_GLOBAL_OFFSET_TABLE_, %ecx
	movl	sandbox_next@GOTOFF(%ecx), %eax
	testl	%eax, %eax
	je	1f
	jmp	*%eax
1:	subl	$12, %esp
	.cfi_adjust_cfa_offset 12
	call	sandbox_find
	addl	$12, %esp
	.cfi_adjust_cfa_offset -12
	jmp	0b
	.cfi_endproc
	.size	syscall, .-syscall

	.type	here, @function
here:
	.cfi_startproc
	movl	(%esp), %ecx
	ret
	.cfi_endproc
	.size	here, .-here

	.section .note.GNU-stack, "", @progbits
