/* SPDX-License-Identifier: ISC
 *
 * As dlsym_x86_64.S; AAPCS64: x0, x1 arguments, x30 return address.
 */
	.text
	.globl	dlsym
	.type	dlsym, %function
	.p2align 4
dlsym:
	.cfi_startproc
	stp	x29, x30, [sp, #-32]!
	.cfi_adjust_cfa_offset 32
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	stp	x0, x1, [sp, #16]
	mov	x2, x30			/* who asks */
	bl	dlsym_choose		/* (handle, name, caller) */
	mov	x9, x0
	ldp	x0, x1, [sp, #16]
	ldp	x29, x30, [sp], #32
	.cfi_adjust_cfa_offset -32
	.cfi_restore x29
	.cfi_restore x30
	cmp	x9, #1
	b.eq	1f
	mov	x0, x9
	ret
1:	adrp	x9, dlsym_real_address
	ldr	x9, [x9, #:lo12:dlsym_real_address]
	br	x9
	.cfi_endproc
	.size	dlsym, .-dlsym

	.globl	dlopen
	.type	dlopen, %function
	.p2align 4
dlopen:
	.cfi_startproc
	stp	x29, x30, [sp, #-32]!
	.cfi_adjust_cfa_offset 32
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	str	x0, [sp, #16]
	bl	dlopen_mode		/* (file, mode) */
	mov	w1, w0
	ldr	x0, [sp, #16]
	ldp	x29, x30, [sp], #32
	.cfi_adjust_cfa_offset -32
	.cfi_restore x29
	.cfi_restore x30
	adrp	x9, dlopen_real_address
	ldr	x9, [x9, #:lo12:dlopen_real_address]
	br	x9
	.cfi_endproc
	.size	dlopen, .-dlopen

	.globl	dlclose
	.type	dlclose, %function
	.p2align 4
dlclose:
	.cfi_startproc
	stp	x29, x30, [sp, #-32]!
	.cfi_adjust_cfa_offset 32
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	str	x0, [sp, #16]
	bl	dlclose_prepare
	ldr	x0, [sp, #16]
	ldp	x29, x30, [sp], #32
	.cfi_adjust_cfa_offset -32
	.cfi_restore x29
	.cfi_restore x30
	adrp	x9, dlclose_real_address
	ldr	x9, [x9, #:lo12:dlclose_real_address]
	br	x9
	.cfi_endproc
	.size	dlclose, .-dlclose

	.section .note.GNU-stack, "", %progbits
