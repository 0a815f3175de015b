// Where the stub lies: at the end of the vdso, the kernel's own code page, which is filled up with zeros there. The process gets a copy of
// that page. Nothing of the job is ever read, run or changed there.

#include <elf.h>
#include <fcntl.h>
#include <linux/rseq.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "surgery.h"

bool read_memory(pid_t pid, uint64_t address, void *bytes, size_t length) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool whole = pread(fd, bytes, length, (off_t)address) == (ssize_t)length;
  close(fd);
  return whole;
}

bool write_memory(pid_t pid, uint64_t address, const void *bytes, size_t length) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", pid);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return false;
  bool whole = pwrite(fd, bytes, length, (off_t)address) == (ssize_t)length;
  close(fd);
  return whole;
}

static bool is_zero(const unsigned char *bytes, size_t length) {
  while (length > 0 && bytes[length - 1] == 0) length--;
  return length == 0;
}

static size_t placed_size(void) {
  return (stub_size() + 15) / 16 * 16;
}

// Where the stub goes, or went: its offset in the vdso. 0: there is no room.
static size_t offset_in(const unsigned char *vdso, size_t length) {
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)vdso;
  size_t size = placed_size(), sections = header->e_shoff;
  if (is_zero(vdso + length - size, size) || is_stub(vdso + length - size)) return length - size;
  // Where a longer vdso leaves too little: over its table of sections, which only debuggers read.
  return header->e_shnum * sizeof(Elf64_Shdr) >= size && sections <= length - size ? sections : 0;
}

static unsigned char vdso[65536];

static bool read_vdso(pid_t pid, uint64_t *start, size_t *length) {
  uint64_t end;
  if (!find_vdso(pid, start, &end) || end - *start > sizeof vdso || end - *start < placed_size()) return false;
  *length = end - *start;
  return read_memory(pid, *start, vdso, *length);
}

bool find_stub_place(struct process *process) {
  uint64_t start;
  size_t length;
  if (!read_vdso(process->pid, &start, &length)) return refuse("machine", "process %d has no vdso that can be read", process->pid);
  if (vdso[EI_CLASS] != ELFCLASS64) return refuse("compat", "process %d is not a 64-bit program", process->pid);
  size_t offset = offset_in(vdso, length);
  if (!offset) return refuse("machine", "the vdso of process %d has no room", process->pid);
  if (is_stub(vdso + offset)) return refuse("unswept", "a helper was killed while it had process %d in its hands", process->pid);
  memcpy(process->covered, vdso + offset, stub_size());
  process->stub = start + offset;
  return true;
}

uint64_t find_left_stub(pid_t pid, unsigned char *stub) {
  uint64_t start;
  size_t length;
  if (!read_vdso(pid, &start, &length) || vdso[EI_CLASS] != ELFCLASS64) return 0;
  size_t offset = offset_in(vdso, length);
  if (!offset || !is_stub(vdso + offset)) return 0;
  memcpy(stub, vdso + offset, stub_size());
  return start + offset;
}

void uncover_stub_place(struct process *process) {
  if (process->stub) write_memory(process->pid, process->stub, process->covered, stub_size());
  process->stub = 0;
}

void leave_restartable_sequence(pid_t pid, pid_t tid, struct machine_state *state) {
  struct __ptrace_rseq_configuration configuration;
  // Kernels before 5.13 do not tell.
  if (ptrace(PTRACE_GET_RSEQ_CONFIGURATION, tid, (void *)sizeof configuration, &configuration) != (long)sizeof configuration) return;
  uint64_t section = 0;
  struct rseq_cs sequence;
  if (!configuration.rseq_abi_pointer || !read_memory(pid, configuration.rseq_abi_pointer + offsetof(struct rseq, rseq_cs), &section, sizeof section)) return;
  if (!section || !read_memory(pid, section, &sequence, sizeof sequence)) return;
  if (machine_instruction(state) - sequence.start_ip < sequence.post_commit_offset) machine_set_instruction(state, sequence.abort_ip);
}
