/* SPDX-License-Identifier: ISC
 *
 * As jump_x86_64.S; AAPCS64: x0 to x7 and v0 to v7 arguments, x8 where the result goes, x30 return address.
 */
#include <sys/syscall.h>

#define JUMP(name, asked)             jump name, asked
#define JUMP_UNLESS(name, asked, ...) jump name, asked, __VA_ARGS__

	.macro	jump name, asked, numbers:vararg
	.globl	\name
	.type	\name, %function
	.p2align 4
\name:
	.cfi_startproc
	.ifnb	\numbers
	.irp	number, \numbers
	cmp	w0, #\number
	b.eq	\name\()_asks
	.endr
	.endif
	adrp	x16, jump_\name
	ldr	x16, [x16, #:lo12:jump_\name]
	br	x16
	.cfi_endproc
	.size	\name, .-\name

	.globl	\name\()_asks
	.hidden	\name\()_asks
	.type	\name\()_asks, %function
	.p2align 4
\name\()_asks:
	.cfi_startproc
	adrp	x16, \asked
	add	x16, x16, #:lo12:\asked
	b	asks
	.cfi_endproc
	.size	\name\()_asks, .-\name\()_asks
	.endm

	.text
#include "hooks.def"

	.type	asks, %function
	.p2align 4
asks:
	.cfi_startproc
	stp	x29, x30, [sp, #-224]!
	.cfi_adjust_cfa_offset 224
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	str	x8, [sp, #80]
	stp	q0, q1, [sp, #96]
	stp	q2, q3, [sp, #128]
	stp	q4, q5, [sp, #160]
	stp	q6, q7, [sp, #192]
	blr	x16			/* (first, second) */
	mov	x16, x0
	ldp	x0, x1, [sp, #16]
	ldp	x2, x3, [sp, #32]
	ldp	x4, x5, [sp, #48]
	ldp	x6, x7, [sp, #64]
	ldr	x8, [sp, #80]
	ldp	q0, q1, [sp, #96]
	ldp	q2, q3, [sp, #128]
	ldp	q4, q5, [sp, #160]
	ldp	q6, q7, [sp, #192]
	ldp	x29, x30, [sp], #224
	.cfi_adjust_cfa_offset -224
	.cfi_restore x29
	.cfi_restore x30
	br	x16
	.cfi_endproc
	.size	asks, .-asks

	.section .note.GNU-stack, "", %progbits
