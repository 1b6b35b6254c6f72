// The functions that a program calls instead of the kernel's vDSO to read the wall clock. The block from stub_begin to
// stub_end is copied behind the second vDSO of each program; the first words are filled in for that program.
//
// The functions call the kernel's own, so that they need not know its data. While the clock is stopped, they do not.

#define MARK 0x434c4b21

  .section .rodata, "a", @progbits
  .balign 16
  .globl stub_begin, stub_end, stub_cells, stub_kernel, stub_machine, stub_zone
  .globl stub_gettime, stub_timeofday, stub_time, stub_marked
  .hidden stub_begin, stub_end, stub_cells, stub_kernel, stub_machine, stub_zone
  .hidden stub_gettime, stub_timeofday, stub_time, stub_marked

stub_begin:
// The address of the clock's cells: magic, offset, stopped.
stub_cells:
  .quad 0
// The kernel's clock_gettime.
stub_kernel:
  .quad 0
// The function that reads the machine's wall clock: the kernel's, or stub_marked.
stub_machine:
  .quad 0
// The kernel's gettimeofday, for the time zone.
stub_zone:
  .quad 0

#if defined(__x86_64__)

  .balign 16
stub_gettime:
  endbr64
  cmp $11, %edi
  ja 1f
  // bits of CLOCK_REALTIME, CLOCK_REALTIME_COARSE, CLOCK_TAI
  mov $0x821, %eax
  bt %edi, %eax
  jc 2f
1:
  jmp *stub_kernel(%rip)
2:
  push %rbx
  push %rbp
  sub $24, %rsp
  mov %rsi, %rbx
  mov stub_cells(%rip), %rbp
  mov 16(%rbp), %rax
  test %rax, %rax
  jnz 4f
  // The coarse clock is behind by up to a tick: at the border of a second it would show the second before. CLOCK_TAI
  // shows UTC, as on a machine where nobody has set its distance.
  xor %edi, %edi
  mov %rsp, %rsi
  call *stub_machine(%rip)
  test %eax, %eax
  jnz 5f
  imul $1000000000, (%rsp), %rax
  add 8(%rsp), %rax
  add 8(%rbp), %rax
4:
  xor %edx, %edx
  mov $1000000000, %ecx
  div %rcx
  mov %rax, (%rbx)
  mov %rdx, 8(%rbx)
  xor %eax, %eax
5:
  add $24, %rsp
  pop %rbp
  pop %rbx
  ret

  .balign 16
stub_timeofday:
  endbr64
  push %rbx
  sub $16, %rsp
  mov %rdi, %rbx
  test %rsi, %rsi
  jz 1f
  xor %edi, %edi
  call *stub_zone(%rip)
1:
  test %rbx, %rbx
  jz 2f
  xor %edi, %edi
  mov %rsp, %rsi
  call stub_gettime
  test %eax, %eax
  jnz 3f
  mov (%rsp), %rax
  mov %rax, (%rbx)
  mov 8(%rsp), %rax
  xor %edx, %edx
  mov $1000, %ecx
  div %rcx
  mov %rax, 8(%rbx)
2:
  xor %eax, %eax
3:
  add $16, %rsp
  pop %rbx
  ret

  .balign 16
stub_time:
  endbr64
  push %rbx
  sub $16, %rsp
  mov %rdi, %rbx
  xor %edi, %edi
  mov %rsp, %rsi
  call stub_gettime
  mov (%rsp), %rax
  test %rbx, %rbx
  jz 1f
  mov %rax, (%rbx)
1:
  add $16, %rsp
  pop %rbx
  ret

  .balign 16
stub_marked:
  endbr64
  movabs $(MARK << 32), %rax
  mov %edi, %edi
  or %rax, %rdi
  mov $228, %eax
  syscall
  xor %edi, %edi
  ret

#elif defined(__aarch64__)

  .balign 16
stub_gettime:
  hint #34
  cmp w0, #11
  b.hi 1f
  // bits of CLOCK_REALTIME, CLOCK_REALTIME_COARSE, CLOCK_TAI
  mov w2, #0x821
  lsr w2, w2, w0
  tbnz w2, #0, 2f
1:
  ldr x16, stub_kernel
  br x16
2:
  stp x29, x30, [sp, #-48]!
  mov x29, sp
  stp x19, x20, [sp, #16]
  mov x19, x1
  ldr x20, stub_cells
  add x3, x20, #16
  ldar x2, [x3]
  cbnz x2, 3f
  // As above: all are read as CLOCK_REALTIME.
  mov w0, #0
  add x1, sp, #32
  ldr x16, stub_machine
  blr x16
  cbnz w0, 4f
  ldp x2, x3, [sp, #32]
  mov x4, #0xca00
  movk x4, #0x3b9a, lsl #16
  madd x2, x2, x4, x3
  ldr x3, [x20, #8]
  add x2, x2, x3
3:
  mov x4, #0xca00
  movk x4, #0x3b9a, lsl #16
  udiv x3, x2, x4
  msub x5, x3, x4, x2
  stp x3, x5, [x19]
  mov w0, #0
4:
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #48
  ret

  .balign 16
stub_timeofday:
  hint #34
  stp x29, x30, [sp, #-48]!
  mov x29, sp
  str x19, [sp, #16]
  mov x19, x0
  cbz x1, 1f
  mov x0, #0
  ldr x16, stub_zone
  blr x16
1:
  cbz x19, 2f
  mov w0, #0
  add x1, sp, #32
  bl stub_gettime
  cbnz w0, 3f
  ldp x2, x3, [sp, #32]
  mov x4, #1000
  udiv x3, x3, x4
  stp x2, x3, [x19]
2:
  mov w0, #0
3:
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #48
  ret

// The kernel has no function time on this machine.
stub_time:

  .balign 16
stub_marked:
  hint #34
  mov w0, w0
  mov x2, #(MARK & 0xffff)
  movk x2, #(MARK >> 16), lsl #16
  orr x0, x0, x2, lsl #32
  mov x8, #113
  svc #0
  ret

#endif

stub_end:
  .section .note.GNU-stack, "", @progbits
