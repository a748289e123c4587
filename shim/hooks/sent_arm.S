/* SPDX-License-Identifier: ISC
 *
 * As sent_x86_64.S; AAPCS: r0 to r3 and, with hard float, d0 to d7 arguments, the rest on the stack, lr return address.
 */
	.syntax	unified
	.arm
	.text
	.globl	send_first
	.hidden	send_first
	.type	send_first, %function
	.p2align 2
send_first:
	.cfi_startproc
	ldr	ip, 2f
1:	add	ip, pc, ip
	b	first
2:	.word	sent_send - (1b + 8)
	.cfi_endproc
	.size	send_first, .-send_first

	.globl	sendmsg_first
	.hidden	sendmsg_first
	.type	sendmsg_first, %function
	.p2align 2
sendmsg_first:
	.cfi_startproc
	ldr	ip, 2f
1:	add	ip, pc, ip
	b	first
2:	.word	sent_sendmsg - (1b + 8)
	.cfi_endproc
	.size	sendmsg_first, .-sendmsg_first

	.type	first, %function
	.p2align 2
first:
	.cfi_startproc
	push	{r0, r1, r2, r3, ip, lr}
	.cfi_adjust_cfa_offset 24
	.cfi_rel_offset lr, 20
#ifdef __ARM_PCS_VFP
	vpush	{d0-d7}
	.cfi_adjust_cfa_offset 64
#endif
	bl	sent_prepare
#ifdef __ARM_PCS_VFP
	vpop	{d0-d7}
	.cfi_adjust_cfa_offset -64
#endif
	pop	{r0, r1, r2, r3, ip, lr}
	.cfi_adjust_cfa_offset -24
	.cfi_restore lr
	ldr	ip, [ip]
	bx	ip
	.cfi_endproc
	.size	first, .-first

	.section .note.GNU-stack, "", %progbits
