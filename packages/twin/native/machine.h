// What differs between processors: registers, and the code that a thread of the job runs in our name.
#ifndef HOLDFAST_TWIN_MACHINE_H
#define HOLDFAST_TWIN_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

struct machine_state {
  struct user_regs_struct registers;
};

// Where in the stub a thread begins.
enum stub_entry { STUB_FORK, STUB_FORK_TWICE, STUB_REAP };

// False with errno, EOPNOTSUPP where the thread runs another word size.
bool machine_read(pid_t tid, struct machine_state *state);
bool machine_write(pid_t tid, const struct machine_state *state);
uint64_t machine_instruction(const struct machine_state *state);
void machine_set_instruction(struct machine_state *state, uint64_t address);
// The same thread about to run the stub.
void machine_enter(struct machine_state *state, uint64_t stub, enum stub_entry entry);
// What the system call that has just ended gave.
long machine_result(const struct machine_state *state);

// More than any stub takes.
#define STUB_ROOM 768
// 0: twins are not made on this processor.
size_t stub_size(void);
// Whether a stub of a helper that was killed lies there.
bool is_stub(const unsigned char *bytes);
// The stub as it is to lie in the job: it ends by going on in `state` with signals blocked as in `mask`.
void stub_fill(unsigned char *stub, const struct machine_state *state, uint64_t mask, pid_t reaped);
// Whether a thread that stands within the stub is one that the stub has made, and not the job's own.
bool stub_is_child(const struct machine_state *state, uint64_t stub);
// The registers and the mask with which the stub itself would have gone back.
void stub_recover(const unsigned char *stub, struct machine_state *state, uint64_t *mask);

#endif
