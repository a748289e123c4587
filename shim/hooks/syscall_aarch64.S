/* SPDX-License-Identifier: ISC
 *
 * As syscall_x86_64.S; AAPCS64: x0 to x6 arguments, x30 return address.
 */
	.text
	.globl	syscall
	.type	syscall, %function
	.p2align 4
syscall:
	.cfi_startproc
0:	adrp	x9, sandbox_next
	ldr	x9, [x9, #:lo12:sandbox_next]
	cbz	x9, 2f
	cmp	x0, #277		/* SYS_seccomp */
	b.eq	1f
	cmp	x0, #57			/* SYS_close */
	b.eq	3f
	br	x9
1:	b	sandbox_seccomp		/* (number, operation, flags, arguments) */
3:	b	sandbox_close		/* (number, fd) */
2:	stp	x29, x30, [sp, #-80]!
	.cfi_adjust_cfa_offset 80
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	str	x6, [sp, #64]
	bl	sandbox_find
	ldp	x0, x1, [sp, #16]
	ldp	x2, x3, [sp, #32]
	ldp	x4, x5, [sp, #48]
	ldr	x6, [sp, #64]
	ldp	x29, x30, [sp], #80
	.cfi_adjust_cfa_offset -80
	.cfi_restore x29
	.cfi_restore x30
	b	0b
	.cfi_endproc
	.size	syscall, .-syscall

	.section .note.GNU-stack, "", %progbits
