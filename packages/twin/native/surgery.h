// What the parts of an operation on a job's thread share.
#ifndef HOLDFAST_TWIN_SURGERY_H
#define HOLDFAST_TWIN_SURGERY_H

#include <signal.h>
#include <sys/ptrace.h>

#include "twin.h"

#define SYSCALL_STOP (SIGTRAP | 0x80)

// A child is traced from its first instruction on.
#define CHILDREN_TOO (PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACESYSGOOD)

// lib-surgery.c
bool resume(struct tracee *tracee, int how);
bool set_options(pid_t tid, long options);
bool set_mask(pid_t tid, uint64_t mask);

// lib-stub-place.c
bool read_memory(pid_t pid, uint64_t address, void *bytes, size_t length);
bool write_memory(pid_t pid, uint64_t address, const void *bytes, size_t length);
// Where the stub goes in this process. Refuses where there is no place.
bool find_stub_place(struct process *process);
// The stub that a killed helper left in a process; 0: none.
uint64_t find_left_stub(pid_t pid, unsigned char *stub);
void uncover_stub_place(struct process *process);
// A thread that stopped within a restartable sequence would miss that it has to begin it anew, since it comes back to it from elsewhere: sent to
// where the kernel would have sent it.
void leave_restartable_sequence(pid_t pid, pid_t tid, struct machine_state *state);

// lib-children.c
// The thread `tid`, of the process or of its middleman, has stopped to tell of its child.
void child_made(struct process *process, pid_t tid);
void child_changed(struct process *process, struct tracee *tracee);
void stop_later(const struct process *process);

#endif
