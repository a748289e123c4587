/* SPDX-License-Identifier: ISC
 *
 * syscall(2) takes what the system call takes, on the stack too, and some of them come back twice. So this is no function around it: seccomp(2) and
 * close(2) go to C functions, and the rest is a jump to the one that is next in line.
 */
	.text
	.globl	syscall
	.type	syscall, @function
	.p2align 4
syscall:
	.cfi_startproc
	endbr64
0:	movq	sandbox_next(%rip), %rax
	testq	%rax, %rax
	je	2f
	cmpq	$317, %rdi		/* SYS_seccomp */
	je	1f
	cmpq	$3, %rdi		/* SYS_close */
	je	3f
	jmp	*%rax
1:	jmp	sandbox_seccomp		/* (number, operation, flags, arguments) */
3:	jmp	sandbox_close		/* (number, fd) */
2:	pushq	%rdi
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
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	sandbox_find
	addq	$8, %rsp
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
	jmp	0b
	.cfi_endproc
	.size	syscall, .-syscall

	.section .note.GNU-stack, "", @progbits
