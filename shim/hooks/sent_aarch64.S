/* SPDX-License-Identifier: ISC
 *
 * As sent_x86_64.S; AAPCS64: x0 to x7 and v0 to v7 arguments, x8 where the result goes, x30 return address.
 */
	.text
	.globl	send_first
	.hidden	send_first
	.type	send_first, %function
	.p2align 4
send_first:
	.cfi_startproc
	adrp	x9, sent_send
	add	x9, x9, #:lo12:sent_send
	b	first
	.cfi_endproc
	.size	send_first, .-send_first

	.globl	sendmsg_first
	.hidden	sendmsg_first
	.type	sendmsg_first, %function
	.p2align 4
sendmsg_first:
	.cfi_startproc
	adrp	x9, sent_sendmsg
	add	x9, x9, #:lo12:sent_sendmsg
	b	first
	.cfi_endproc
	.size	sendmsg_first, .-sendmsg_first

	.type	first, %function
first:
	.cfi_startproc
	stp	x29, x30, [sp, #-224]!
	.cfi_adjust_cfa_offset 224
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	stp	x8, x9, [sp, #80]
	stp	q0, q1, [sp, #96]
	stp	q2, q3, [sp, #128]
	stp	q4, q5, [sp, #160]
	stp	q6, q7, [sp, #192]
	bl	sent_prepare
	ldp	x0, x1, [sp, #16]
	ldp	x2, x3, [sp, #32]
	ldp	x4, x5, [sp, #48]
	ldp	x6, x7, [sp, #64]
	ldp	x8, x9, [sp, #80]
	ldp	q0, q1, [sp, #96]
	ldp	q2, q3, [sp, #128]
	ldp	q4, q5, [sp, #160]
	ldp	q6, q7, [sp, #192]
	ldp	x29, x30, [sp], #224
	.cfi_adjust_cfa_offset -224
	.cfi_restore x29
	.cfi_restore x30
	ldr	x9, [x9]
	br	x9
	.cfi_endproc
	.size	first, .-first

	.section .note.GNU-stack, "", %progbits
