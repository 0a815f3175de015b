// Processes that no twin is made of: "traced", by a child; "vfork", waiting for one that does not end; and some that one is: "stopped", "filtered", "limited" in the processes of its user.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(void) {
  if (write(1, "ready\n", 6) != 6) _exit(1);
}

static int traced(void) {
  pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    for (;;) pause();
  }
  int status;
  waitpid(child, &status, 0);
  ptrace(PTRACE_CONT, child, NULL, NULL);
  tell();
  for (;;) pause();
}

// Every call of ours ends the process.
static int filtered(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 4, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setsid, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_wait4, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
  tell();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 1;
  for (;;) {
    char byte;
    if (read(0, &byte, 1) == 1) tell();
  }
}

static int limited(void) {
  struct rlimit one = {1, 1};
  // A user that has no other processes.
  if (setrlimit(RLIMIT_NPROC, &one) || setresuid(64321, 64321, 64321)) return 1;
  tell();
  for (;;) {
    char byte;
    if (read(0, &byte, 1) == 1) tell();
  }
}

int main(int argc, char **argv) {
  const char *kind = argc > 1 ? argv[1] : "";
  if (strcmp(kind, "traced") == 0) return traced();
  if (strcmp(kind, "filtered") == 0) return filtered();
  if (strcmp(kind, "limited") == 0) return limited();
  if (strcmp(kind, "vfork") == 0 && vfork() == 0) {
    tell();
    for (;;) pause();
  }
  tell();
  for (;;) {
    char byte;
    if (read(0, &byte, 1) == 1) tell();
  }
}
