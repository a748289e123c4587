/* SPDX-License-Identifier: ISC
 *
 * dlsym(3) and dlopen(3) look at their return address to know who asks (RTLD_NEXT, RTLD_DEFAULT, RUNPATH). A C wrapper would make
 * that us; these stubs ask a C function and then jump. design.md#dlsym, design.md#deepbind.
 */
	.text
	.globl	dlsym
	.type	dlsym, @function
	.p2align 4
dlsym:
	.cfi_startproc
	endbr64
	movq	(%rsp), %rdx		/* who asks */
	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	pushq	%rsi
	.cfi_adjust_cfa_offset 8
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	dlsym_choose		/* (handle, name, caller) */
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%rsi
	.cfi_adjust_cfa_offset -8
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	cmpq	$1, %rax
	je	1f
	ret
1:	jmp	*dlsym_real_address(%rip)
	.cfi_endproc
	.size	dlsym, .-dlsym

	.globl	dlopen
	.type	dlopen, @function
	.p2align 4
dlopen:
	.cfi_startproc
	endbr64
	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	call	dlopen_mode		/* (file, mode) */
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	movl	%eax, %esi
	jmp	*dlopen_real_address(%rip)
	.cfi_endproc
	.size	dlopen, .-dlopen

	.globl	dlclose
	.type	dlclose, @function
	.p2align 4
dlclose:
	.cfi_startproc
	endbr64
	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	call	dlclose_prepare
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	jmp	*dlclose_real_address(%rip)
	.cfi_endproc
	.size	dlclose, .-dlclose

	.section .note.GNU-stack, "", @progbits
