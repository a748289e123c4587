/* SPDX-License-Identifier: ISC
 *
 * As dlsym_x86_64.S; AAPCS: r0, r1 arguments, lr return address.
 */
	.syntax	unified
	.arm
	.text
	.globl	dlsym
	.type	dlsym, %function
	.p2align 2
dlsym:
	.cfi_startproc
	push	{r0, r1, r4, lr}
	.cfi_adjust_cfa_offset 16
	.cfi_rel_offset lr, 12
	mov	r2, lr			/* who asks */
	bl	dlsym_choose		/* (handle, name, caller) */
	cmp	r0, #1
	mov	ip, r0
	pop	{r0, r1, r4, lr}
	.cfi_adjust_cfa_offset -16
	.cfi_restore lr
	movne	r0, ip
	bxne	lr
	ldr	ip, 2f
1:	add	ip, pc, ip
	ldr	pc, [ip]
2:	.word	dlsym_real_address - (1b + 8)
	.cfi_endproc
	.size	dlsym, .-dlsym

	.globl	dlopen
	.type	dlopen, %function
	.p2align 2
dlopen:
	.cfi_startproc
	push	{r0, r1, r4, lr}
	.cfi_adjust_cfa_offset 16
	.cfi_rel_offset lr, 12
	bl	dlopen_mode		/* (file, mode) */
	mov	ip, r0
	pop	{r0, r1, r4, lr}
	.cfi_adjust_cfa_offset -16
	.cfi_restore lr
	mov	r1, ip
	ldr	ip, 2f
1:	add	ip, pc, ip
	ldr	pc, [ip]
2:	.word	dlopen_real_address - (1b + 8)
	.cfi_endproc
	.size	dlopen, .-dlopen

	.globl	dlclose
	.type	dlclose, %function
	.p2align 2
dlclose:
	.cfi_startproc
	push	{r0, r1, r4, lr}
	.cfi_adjust_cfa_offset 16
	.cfi_rel_offset lr, 12
	bl	dlclose_prepare
	pop	{r0, r1, r4, lr}
	.cfi_adjust_cfa_offset -16
	.cfi_restore lr
	ldr	ip, 2f
1:	add	ip, pc, ip
	ldr	pc, [ip]
2:	.word	dlclose_real_address - (1b + 8)
	.cfi_endproc
	.size	dlclose, .-dlclose

	.section .note.GNU-stack, "", %progbits
