/* SPDX-License-Identifier: ISC
 *
 * As syscall_x86_64.S; AAPCS: r0 to r3 arguments, the rest on the stack, lr return address.
 */
	.syntax	unified
	.arm
	.text
	.globl	syscall
	.type	syscall, %function
	.p2align 2
syscall:
	.cfi_startproc
0:	ldr	ip, 4f
1:	add	ip, pc, ip
	ldr	ip, [ip]
	cmp	ip, #0
	beq	3f
	push	{r4}
	.cfi_adjust_cfa_offset 4
	cmp	r0, #6			/* SYS_close */
	popeq	{r4}
	beq	sandbox_close		/* (number, fd) */
	add	r4, r0, #1
	cmp	r4, #384		/* SYS_seccomp is 383, which fits into no instruction */
	pop	{r4}
	.cfi_adjust_cfa_offset -4
	bxne	ip
	b	sandbox_seccomp		/* (number, operation, flags, arguments) */
3:	push	{r0, r1, r2, r3, r4, lr}
	.cfi_adjust_cfa_offset 24
	.cfi_rel_offset lr, 20
	bl	sandbox_find
	pop	{r0, r1, r2, r3, r4, lr}
	.cfi_adjust_cfa_offset -24
	.cfi_restore lr
	b	0b
4:	.word	sandbox_next - (1b + 8)
	.cfi_endproc
	.size	syscall, .-syscall

	.section .note.GNU-stack, "", %progbits
