// Processors that no stub is written for: every fork is refused, and snapshots are taken by plain dumps.
#if !defined(__x86_64__)

#include <errno.h>

#include "machine.h"

bool machine_read(pid_t tid, struct machine_state *state) {
  (void)tid;
  (void)state;
  errno = EOPNOTSUPP;
  return false;
}

bool machine_write(pid_t tid, const struct machine_state *state) {
  (void)tid;
  (void)state;
  errno = EOPNOTSUPP;
  return false;
}

uint64_t machine_instruction(const struct machine_state *state) {
  (void)state;
  return 0;
}

void machine_set_instruction(struct machine_state *state, uint64_t address) {
  (void)state;
  (void)address;
}

void machine_enter(struct machine_state *state, uint64_t stub, enum stub_entry entry) {
  (void)state;
  (void)stub;
  (void)entry;
}

long machine_result(const struct machine_state *state) {
  (void)state;
  return -ENOSYS;
}

size_t stub_size(void) {
  return 0;
}

bool is_stub(const unsigned char *bytes) {
  (void)bytes;
  return false;
}

void stub_fill(unsigned char *stub, const struct machine_state *state, uint64_t mask, pid_t reaped) {
  (void)stub;
  (void)state;
  (void)mask;
  (void)reaped;
}

bool stub_is_child(const struct machine_state *state, uint64_t stub) {
  (void)state;
  (void)stub;
  return false;
}

void stub_recover(const unsigned char *stub, struct machine_state *state, uint64_t *mask) {
  (void)stub;
  (void)state;
  (void)mask;
}

#endif
