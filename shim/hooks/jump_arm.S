/* SPDX-License-Identifier: ISC
 *
 * As jump_x86_64.S; AAPCS: r0 to r3 and, with hard float, d0 to d7 arguments, the rest on the stack, lr return address. What unwinds reads .ARM.exidx.
 */
#include <sys/syscall.h>

#define JUMP(name, asked)             jump name, asked
#define JUMP_UNLESS(name, asked, ...) jump name, asked, __VA_ARGS__

	.syntax	unified
	.arm
	.macro	jump name, asked, numbers:vararg
	.globl	\name
	.type	\name, %function
	.p2align 2
\name:
	.fnstart
	.cfi_startproc
	.ifnb	\numbers
	.irp	number, \numbers
	ldr	ip, =\number		/* not each fits into an instruction */
	cmp	r0, ip
	beq	\name\()_asks
	.endr
	.endif
	ldr	ip, 2f
1:	ldr	ip, [pc, ip]
	bx	ip
2:	.word	jump_\name - (1b + 8)
	.ltorg
	.cfi_endproc
	.fnend
	.size	\name, .-\name

	.globl	\name\()_asks
	.hidden	\name\()_asks
	.type	\name\()_asks, %function
	.p2align 2
\name\()_asks:
	.fnstart
	.cfi_startproc
	ldr	ip, 2f
1:	add	ip, pc, ip
	b	asks
2:	.word	\asked - (1b + 8)
	.cfi_endproc
	.fnend
	.size	\name\()_asks, .-\name\()_asks
	.endm

	.text
#include "hooks.def"

	.type	asks, %function
	.p2align 2
asks:
	.fnstart
	.cfi_startproc
	push	{r0, r1, r2, r3, r4, lr}
	.save	{r4, lr}
	.pad	#16
	.cfi_adjust_cfa_offset 24
	.cfi_rel_offset r4, 16
	.cfi_rel_offset lr, 20
#ifdef __ARM_PCS_VFP
	vpush	{d0-d7}
	.pad	#64
	.cfi_adjust_cfa_offset 64
#endif
	blx	ip			/* (first, second) */
	mov	ip, r0
#ifdef __ARM_PCS_VFP
	vpop	{d0-d7}
	.cfi_adjust_cfa_offset -64
#endif
	pop	{r0, r1, r2, r3, r4, lr}
	.cfi_adjust_cfa_offset -24
	.cfi_restore r4
	.cfi_restore lr
	bx	ip
	.cfi_endproc
	.fnend
	.size	asks, .-asks

	/* Whom an entry of .ARM.exidx names as its reader. The unwinder goes by the number, and has its own; libgcc's would come with all of an unwinder. */
	.globl	__aeabi_unwind_cpp_pr0, __aeabi_unwind_cpp_pr1, __aeabi_unwind_cpp_pr2
	.hidden	__aeabi_unwind_cpp_pr0, __aeabi_unwind_cpp_pr1, __aeabi_unwind_cpp_pr2
	.type	__aeabi_unwind_cpp_pr0, %function
	.type	__aeabi_unwind_cpp_pr1, %function
	.type	__aeabi_unwind_cpp_pr2, %function
__aeabi_unwind_cpp_pr0:
__aeabi_unwind_cpp_pr1:
__aeabi_unwind_cpp_pr2:
	bx	lr

	.section .note.GNU-stack, "", %progbits
