// x86-64: registers and the stub.
#if defined(__x86_64__)

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "machine.h"

// The code that a thread of the job runs in our name. It lies where nothing of the job is, uses no stack, alters no flag and ends by
// bringing the thread back to where it was: should this process be killed in the middle, the thread comes back by itself, and
// whoever was to become a twin ends by itself. RIP-relative throughout, so it can lie anywhere.
__asm__(
    ".pushsection .rodata\n"
    ".balign 16\n"
    "stub_begin:\n"
    // Fork: clone(0): the child tells nobody of its end.
    "stub_fork:\n"
    "  mov $0, %edi\n"
    "  mov $0, %esi\n"
    "  mov $0, %edx\n"
    "  mov $0, %r10d\n"
    "  mov $0, %r8d\n"
    "  mov $56, %eax\n"
    "  syscall\n"
    "stub_forked:\n"
    "  mov %rax, %rcx\n"
    "  jrcxz stub_twin_far\n"
    "  jmp stub_back\n"
    // As far as jrcxz reaches.
    "stub_twin_far: jmp stub_twin\n"
    "stub_middle_far: jmp stub_middle\n"
    // Fork twice: clone(CLONE_VM | CLONE_FS | CLONE_FILES), whose child forks and ends; it is waited for.
    "stub_fork_twice:\n"
    "  mov $0x700, %edi\n"
    "  mov $0, %esi\n"
    "  mov $0, %edx\n"
    "  mov $0, %r10d\n"
    "  mov $0, %r8d\n"
    "  mov $56, %eax\n"
    "  syscall\n"
    "stub_forked_twice:\n"
    "  mov %rax, %rcx\n"
    "  jrcxz stub_middle_far\n"
    "  mov %rax, %rdi\n"
    // The low half of the swapped number is zero for a pid and not for an error.
    "  bswap %rcx\n"
    "  mov %ecx, %ecx\n"
    "  jrcxz stub_wait\n"
    "  jmp stub_back\n"
    "stub_reap:\n"
    "  mov stub_reaped(%rip), %rdi\n"
    // wait4(pid, NULL, __WALL, NULL)
    "stub_wait:\n"
    "  mov $0, %esi\n"
    "  mov $0x40000000, %edx\n"
    "  mov $0, %r10d\n"
    "  mov $61, %eax\n"
    "  syscall\n"
    // rt_sigprocmask(SIG_SETMASK, mask, NULL, 8), then as it was.
    "stub_back:\n"
    "  mov $2, %edi\n"
    "  lea stub_mask(%rip), %rsi\n"
    "  mov $0, %edx\n"
    "  mov $8, %r10d\n"
    "  mov $14, %eax\n"
    "  syscall\n"
    "  mov stub_rax(%rip), %rax\n"
    "  mov stub_rcx(%rip), %rcx\n"
    "  mov stub_rdx(%rip), %rdx\n"
    "  mov stub_rsi(%rip), %rsi\n"
    "  mov stub_rdi(%rip), %rdi\n"
    "  mov stub_r8(%rip), %r8\n"
    "  mov stub_r10(%rip), %r10\n"
    "  mov stub_r11(%rip), %r11\n"
    "  jmp *stub_rip(%rip)\n"
    "stub_middle:\n"
    "  mov $15, %edi\n"
    "  lea stub_name(%rip), %rsi\n"
    "  mov $157, %eax\n"
    "  syscall\n"
    "  mov $0, %edi\n"
    "  mov $0, %esi\n"
    "  mov $0, %edx\n"
    "  mov $0, %r10d\n"
    "  mov $0, %r8d\n"
    "  mov $56, %eax\n"
    "  syscall\n"
    "  mov %rax, %rcx\n"
    "  jrcxz stub_twin\n"
    // The low byte of an error is its number, negated.
    "  mov %eax, %edi\n"
    "  mov $60, %eax\n"
    "  syscall\n"
    // prctl(PR_SET_NAME), setsid(), close_range(0, ~0, 0); the twin is held there, and else ends.
    "stub_twin:\n"
    "  mov $15, %edi\n"
    "  lea stub_name(%rip), %rsi\n"
    "  mov $157, %eax\n"
    "  syscall\n"
    "  mov $112, %eax\n"
    "  syscall\n"
    "  mov $0, %edi\n"
    "  mov $0xffffffff, %esi\n"
    "  mov $0, %edx\n"
    "  mov $436, %eax\n"
    "  syscall\n"
    "stub_end_twin:\n"
    "  mov $0, %edi\n"
    "  mov $231, %eax\n"
    "  syscall\n"
    "  jmp stub_end_twin\n"
    "stub_name: .asciz \"holdfast-twin\"\n"
    ".balign 8\n"
    "stub_data:\n"
    "stub_mask: .quad 0\n"
    "stub_reaped: .quad 0\n"
    "stub_rax: .quad 0\n"
    "stub_rcx: .quad 0\n"
    "stub_rdx: .quad 0\n"
    "stub_rsi: .quad 0\n"
    "stub_rdi: .quad 0\n"
    "stub_r8: .quad 0\n"
    "stub_r10: .quad 0\n"
    "stub_r11: .quad 0\n"
    "stub_rip: .quad 0\n"
    "stub_end:\n"
    ".popsection\n");

extern const unsigned char stub_begin[], stub_fork[], stub_forked[], stub_twin_far[], stub_fork_twice[], stub_forked_twice[], stub_reap[], stub_middle[], stub_name[],
    stub_data[], stub_end[];

// As it lies at stub_data.
struct stub_data {
  uint64_t mask, reaped, rax, rcx, rdx, rsi, rdi, r8, r10, r11, rip;
};

bool machine_read(pid_t tid, struct machine_state *state) {
  struct iovec place = {.iov_base = &state->registers, .iov_len = sizeof state->registers};
  if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &place) != 0) return false;
  // A thread in 32-bit code has fewer of them.
  if (place.iov_len == sizeof state->registers) return true;
  errno = EOPNOTSUPP;
  return false;
}

bool machine_write(pid_t tid, const struct machine_state *state) {
  struct iovec place = {.iov_base = (void *)&state->registers, .iov_len = sizeof state->registers};
  return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &place) == 0;
}

uint64_t machine_instruction(const struct machine_state *state) {
  return state->registers.rip;
}

void machine_set_instruction(struct machine_state *state, uint64_t address) {
  state->registers.rip = address;
}

void machine_enter(struct machine_state *state, uint64_t stub, enum stub_entry entry) {
  static const unsigned char *const entries[] = {[STUB_FORK] = stub_fork, [STUB_FORK_TWICE] = stub_fork_twice, [STUB_REAP] = stub_reap};
  state->registers.rip = stub + (uint64_t)(entries[entry] - stub_begin);
  // No system call is in progress any more: nothing is to be restarted.
  state->registers.orig_rax = (unsigned long long)-1;
}

long machine_result(const struct machine_state *state) {
  return (long)state->registers.rax;
}

size_t stub_size(void) {
  return (size_t)(stub_end - stub_begin);
}

bool is_stub(const unsigned char *bytes) {
  return memcmp(bytes, stub_begin, (size_t)(stub_data - stub_begin)) == 0;
}

// What the kernel itself does with an interrupted system call before the thread goes on: it is called again.
static struct user_regs_struct restarted(struct user_regs_struct registers) {
  static const unsigned long long restart_syscall = SYS_restart_syscall;
  if ((long long)registers.orig_rax < 0) return registers;
  switch (-(long long)registers.rax) {
    case 512: // ERESTARTSYS
    case 513: // ERESTARTNOINTR
    case 514: // ERESTARTNOHAND
      registers.rax = registers.orig_rax;
      registers.rip -= 2;
      break;
    case 516: // ERESTART_RESTARTBLOCK
      registers.rax = restart_syscall;
      registers.rip -= 2;
      break;
    default:
      break;
  }
  return registers;
}

void stub_fill(unsigned char *stub, const struct machine_state *state, uint64_t mask, pid_t reaped) {
  struct user_regs_struct back = restarted(state->registers);
  struct stub_data data = {mask, (uint64_t)reaped, back.rax, back.rcx, back.rdx, back.rsi, back.rdi, back.r8, back.r10, back.r11, back.rip};
  memcpy(stub, stub_begin, stub_size());
  memcpy(stub + (stub_data - stub_begin), &data, sizeof data);
}

static bool is_between(uint64_t offset, const unsigned char *from, const unsigned char *to) {
  return offset >= (uint64_t)(from - stub_begin) && offset < (uint64_t)(to - stub_begin);
}

bool stub_is_child(const struct machine_state *state, uint64_t stub) {
  uint64_t offset = state->registers.rip - stub;
  if (is_between(offset, stub_middle, stub_data) || is_between(offset, stub_twin_far, stub_fork_twice)) return true;
  // On the way there: what clone gives to the child.
  return state->registers.rax == 0 && (is_between(offset, stub_forked, stub_twin_far) || is_between(offset, stub_forked_twice, stub_reap));
}

void stub_recover(const unsigned char *stub, struct machine_state *state, uint64_t *mask) {
  struct stub_data data;
  struct user_regs_struct *registers = &state->registers;
  memcpy(&data, stub + (stub_data - stub_begin), sizeof data);
  registers->orig_rax = (unsigned long long)-1;
  registers->rax = data.rax;
  registers->rcx = data.rcx;
  registers->rdx = data.rdx;
  registers->rsi = data.rsi;
  registers->rdi = data.rdi;
  registers->r8 = data.r8;
  registers->r10 = data.r10;
  registers->r11 = data.r11;
  registers->rip = data.rip;
  *mask = data.mask;
}

#endif
