/* SPDX-License-Identifier: Apache-2.0
 * ROM at the reset vector, in place of a BIOS: reads the raw kernel and then the
 * initramfs from the first ATA disk, and enters the kernel's 64-bit entry point. */
    .set	PARAMS, 0x90000
    .set	CMDLINE, 0x91000
    .set	PGTAB, 0x70000
    .code32
    .globl	_start
_start:
rom:
gdt:	.quad	0
    .quad	0x00cf9b000000ffff	/* 0x08 32-bit code */
    .quad	0x00af9b000000ffff	/* 0x10 64-bit code */
    .quad	0x00cf93000000ffff	/* 0x18 data */
gdtr:	.word	31
    .long	gdt

pm32:	mov	$0x18, %eax
    mov	%eax, %ds
    mov	%eax, %es
    mov	%eax, %ss
    mov	$0x80000, %esp
    cld
    mov	$2, %al
    out	%al, $0x92		/* A20 on */
    mov	$0x3f6, %edx
    out	%al, %dx		/* ATA: no interrupts */

    xor	%ebx, %ebx
    mov	$KERNEL_ADDR, %edi
    mov	$KERNEL_SECTORS, %ebp
    call	load
    mov	$INITRD_ADDR, %edi
    mov	$INITRD_SECTORS, %ebp
    call	load

    mov	$params, %esi
    mov	$PARAMS, %edi
    mov	$(params_end - params) / 4, %ecx
    rep movsl
    movb	$0xff, PARAMS + 0x210	/* type_of_loader */
    movb	$1, PARAMS + 0x211	/* loadflags */
    movl	$INITRD_ADDR, PARAMS + 0x218
    movl	$INITRD_SIZE, PARAMS + 0x21c
    movl	$CMDLINE, PARAMS + 0x228

    mov	$PGTAB, %edi		/* identity map of the first GiB */
    xor	%eax, %eax
    mov	$0xc00, %ecx
    rep stosl
    movl	$PGTAB + 0x1003, PGTAB
    movl	$PGTAB + 0x2003, PGTAB + 0x1000
    mov	$PGTAB + 0x2000, %edi
    mov	$0x83, %eax
    mov	$512, %ecx
1:	mov	%eax, (%edi)
    add	$8, %edi
    add	$0x200000, %eax
    loop	1b

    mov	%cr4, %eax
    or	$0x20, %eax
    mov	%eax, %cr4
    mov	$PGTAB, %eax
    mov	%eax, %cr3
    mov	$0xc0000080, %ecx
    rdmsr
    or	$0x100, %eax
    wrmsr
    mov	%cr0, %eax
    and	$0x9fffffff, %eax
    or	$0x80000001, %eax
    mov	%eax, %cr0
    ljmp	$0x10, $lm64

load:	mov	$256, %esi		/* ebx: sector, ebp: sectors, edi: to */
    cmp	%esi, %ebp
    cmovb	%ebp, %esi
    mov	$0x1f2, %edx
    mov	%esi, %eax
    out	%al, %dx
    inc	%edx
    mov	%ebx, %eax
    out	%al, %dx
    inc	%edx
    shr	$8, %eax
    out	%al, %dx
    inc	%edx
    shr	$8, %eax
    out	%al, %dx
    inc	%edx
    shr	$8, %eax
    or	$0xe0, %al
    out	%al, %dx
    inc	%edx
    mov	$0x20, %al
    out	%al, %dx
    add	%esi, %ebx
    sub	%esi, %ebp
1:	in	%dx, %al
    test	$0x80, %al
    jnz	1b
    test	$0x21, %al
    jnz	fail
    test	$0x08, %al
    jz	1b
    mov	$0x1f0, %edx
    mov	$256, %ecx
    rep insw
    mov	$0x1f7, %edx
    dec	%esi
    jnz	1b
    test	%ebp, %ebp
    jnz	load
    ret
fail:	ud2				/* no IDT: a triple fault ends Bochs */

    .code64
lm64:	mov	$PARAMS, %esi
    xor	%ebp, %ebp
    xor	%edi, %edi
    xor	%ebx, %ebx
    mov	$KERNEL_ADDR, %eax
    jmp	*%rax

    .org	0x800
params:	.org	params + 0x1e8
    .byte	2			/* e820 entries */
    .org	params + 0x1f1
    .incbin	"header"
    .org	params + 0x2d0
    .quad	0, 0x9f000
    .long	1
    .quad	0x100000, (MEGS - 1) << 20
    .long	1
    .org	params + 0x1000
    .incbin	"cmdline"
    .byte	0
    .align	4
params_end:
    .org	0xff00
    .code16
start:	cli
    lgdtl	%cs:(gdtr - rom)
    mov	%cr0, %eax
    or	$1, %al
    mov	%eax, %cr0
    ljmpl	$0x08, $pm32
    .org	0xfff0
    jmp	start
    .org	0x10000
