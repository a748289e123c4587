/* SPDX-License-Identifier: ISC
 *
 * As dlsym_x86_64.S; all arguments are on the stack, above the return address, and belong to the function that is called.
 */
	.text
	.globl	dlsym
	.type	dlsym, @function
	.p2align 4
dlsym:
	.cfi_startproc
	subl	$16, %esp
	.cfi_adjust_cfa_offset 16
	pushl	16(%esp)		/* who asks */
	.cfi_adjust_cfa_offset 4
	pushl	28(%esp)		/* name */
	.cfi_adjust_cfa_offset 4
	pushl	28(%esp)		/* handle */
	.cfi_adjust_cfa_offset 4
	call	dlsym_choose		/* (handle, name, caller) */
	addl	$28, %esp
	.cfi_adjust_cfa_offset -28
	cmpl	$1, %eax
	je	1f
	ret
1:	call	here
	addl	$_GLOBAL_OFFSET_TABLE_, %ecx
	movl	dlsym_real_address@GOTOFF(%ecx), %ecx
	jmp	*%ecx
	.cfi_endproc
	.size	dlsym, .-dlsym

	.globl	dlopen
	.type	dlopen, @function
	.p2align 4
dlopen:
	.cfi_startproc
	subl	$4, %esp
	.cfi_adjust_cfa_offset 4
	pushl	12(%esp)		/* mode */
	.cfi_adjust_cfa_offset 4
	pushl	12(%esp)		/* file */
	.cfi_adjust_cfa_offset 4
	call	dlopen_mode		/* (file, mode) */
	addl	$12, %esp
	.cfi_adjust_cfa_offset -12
	movl	%eax, 8(%esp)
	call	here
	addl	$_GLOBAL_OFFSET_TABLE_, %ecx
	movl	dlopen_real_address@GOTOFF(%ecx), %ecx
	jmp	*%ecx
	.cfi_endproc
	.size	dlopen, .-dlopen

	.globl	dlclose
	.type	dlclose, @function
	.p2align 4
dlclose:
	.cfi_startproc
	subl	$12, %esp
	.cfi_adjust_cfa_offset 12
	call	dlclose_prepare
	addl	$12, %esp
	.cfi_adjust_cfa_offset -12
	call	here
	addl	$_GLOBAL_OFFSET_TABLE_, %ecx
	movl	dlclose_real_address@GOTOFF(%ecx), %ecx
	jmp	*%ecx
	.cfi_endproc
	.size	dlclose, .-dlclose

	.type	here, @function
here:
	.cfi_startproc
	movl	(%esp), %ecx
	ret
	.cfi_endproc
	.size	here, .-here

	.section .note.GNU-stack, "", @progbits
