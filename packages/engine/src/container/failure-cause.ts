import type { ErrorKind } from '@holdfast/core';

/** Why a dump or a restore did not work, in words for who runs the job. */
export interface FailureCause {
  /** What the log must hold. */
  readonly pattern: RegExp;
  /** One sentence; $1, $2 stand for what the pattern caught. */
  readonly message: string;
  readonly hint: string;
  readonly kind: ErrorKind;
}

const criuGoneHint = 'dmesg tells of a kill for want of memory: free some then; the next snapshot, or the same line run again, tries anew';

/** The first that matches wins: a cause before what follows from it. */
export const failureCauses: readonly FailureCause[] = [
  {
    pattern: /runc started a CRIU of its own choice/,
    message: 'the runc that the launcher was given starts another CRIU than the one that it is told, so the container would lose its streams',
    hint: "let 'runc=' in the launcher's settings name runc itself, not a script that changes PATH",
    kind: 'unsupported',
  },
  {
    pattern: /anon_inode:\[io_uring\]|io_uring.*(?:not supported|unsupported)/i,
    message: 'a process of the job uses io_uring, which CRIU cannot take along',
    hint: 'start the job under Holdfast from its beginning: it answers io_uring with "not available", and programs do without',
    kind: 'unsupported',
  },
  {
    pattern: /anon_inode:\[userfaultfd\]/,
    message: 'a process of the job handles page faults itself (userfaultfd), which CRIU cannot take along',
    hint: 'switch that feature of the program off',
    kind: 'unsupported',
  },
  {
    pattern: /(?:inotify|fanotify).*(?:overlay|Can't.*handle|can't resolve)|irmap: .*(?:Can't|not found)/i,
    message: "a process of the job watches a file whose file system does not tell its place (an overlay's inotify)",
    hint: 'keep what the job watches on a plain file system, or switch its file watching off',
    kind: 'unsupported',
  },
  {
    pattern: /(?:Connected TCP socket|tcp: .*connected|Can't dump half of|In-flight connection)/i,
    message: 'the job has a TCP connection that this dump may not take along',
    hint: "use --tcp close: the job then finds its connections ended when it resumes, or try again once they're established",
    kind: 'unsupported',
  },
  {
    pattern: /pid (\d+) is already (?:being )?traced|(?:ptrace|seize).*(?:Operation not permitted|already traced)|SEIZE.*EPERM/i,
    message: 'a process of the job is being traced (strace, gdb, a debugger)',
    hint: 'end the tracer: a process can have but one',
    kind: 'conflict',
  },
  {
    pattern: /nested (?:pid|mount|user|network) ?namespace|Nested .*namespaces? .*not supported|(?:pidns|userns).*not supported|Can't dump nested/i,
    message: 'a process of the job is in namespaces of its own (a container or sandbox inside the job)',
    hint: 'run the inner program without a sandbox of its own',
    kind: 'unsupported',
  },
  {
    pattern: /Can't get rlimit|Can't (?:set|restore|setup) rlimit.*(?:EPERM|not permitted)(?![^\n]*for self)/i,
    message: 'this machine does not let root raise limits (no CAP_SYS_RESOURCE), which CRIU needs for a job of another user',
    hint: 'run Holdfast with CAP_SYS_RESOURCE',
    kind: 'permission',
  },
  {
    pattern: /File (\S+) has bad size (\d+) \(expect (\d+)\)/,
    message: '$1 has $2 bytes, but the job that had it open expects $3',
    hint: 'put the file back as it was, or track its folder, so that it comes back with the job; where it is tracked, something else writes to it now: end that',
    kind: 'conflict',
  },
  {
    pattern: /File (\S+) has bad mode (0o?\d+) \(expect (0o?\d+)\)/,
    message: '$1 has mode $2, but the job that had it open expects $3',
    hint: 'put the mode back as it was',
    kind: 'conflict',
  },
  {
    // CRIU opens /proc/PID relative to /proc.
    pattern: /Can't open \d+(?:\/\S+)?: No such file/,
    message: 'a process of the job ended while CRIU looked at it',
    hint: 'the next snapshot is taken as usual',
    kind: 'conflict',
  },
  {
    pattern: /(?:Can't open file|Can't restore file for mapping|Can't open) (\S+?)[:,]? .*(?:No such file|ENOENT)|Can't open file (\S+)/,
    message: 'the file $1, which the job has open, is not there',
    hint: 'install the same programs and put the same files on this machine, or track the folder that the file lies in',
    kind: 'not-found',
  },
  {
    pattern: /Can't create ghost|Can't dump ghost file (\S+) of (\d+) size/i,
    message: 'a file without a name that the job has open is too large to take along',
    hint: 'let the job keep such files smaller, or under a name in a tracked folder; docs/container.md tells what a job may hold',
    kind: 'unsupported',
  },
  {
    pattern: /Unsupported (?:mount|fs|file system)|unsupported id|Can't lookup mount=(-?\d+)|doesn't have a proper root mount/i,
    message: 'the job has something open on a mount that is not part of its container',
    hint: 'start the job after everything it uses is mounted; a mount made since is not seen by it',
    kind: 'unsupported',
  },
  {
    pattern: /(?:Unexpected|Bad) .*vDSO|vdso: .*(?:Unexpected|mismatch)/i,
    message: 'this CRIU is too old for this kernel',
    hint: 'script/bootstrap brings a CRIU that works here; holdfast doctor tells which is used',
    kind: 'missing-requirement',
  },
  {
    pattern: /cpu: .*(?:missing|mismatch|not supported|instruction)|CPU (?:capabilities|features) do not match/i,
    message: "this machine's processor lacks features that the job uses",
    hint: 'resume on a processor of the same kind or a newer one',
    kind: 'unsupported',
  },
  {
    pattern: /Can't (?:bind|fork for|restore) .*(?:pid|Pid).*(?:EEXIST|File exists)|Pid \d+ do(?:es)? not match/i,
    message: 'a process number that the job needs is taken',
    hint: 'try again',
    kind: 'conflict',
  },
  {
    pattern: /inet: .*(?:Address already in use|EADDRINUSE)|Can't bind inet socket|(?:bind|Can't bind).*Address already in use/i,
    message: 'a port that the job listens on is taken on this machine',
    hint: 'end the program that listens there (ss -tlnp names it); where none does, the kernel still remembers connections of the job (TIME-WAIT): run the same line again in a minute',
    kind: 'conflict',
  },
  {
    pattern: /iptables|nft(?:ables)?.*(?:fail|Can't)|Can't lock network/i,
    message: "CRIU could not lock the job's network connections",
    hint: 'install iptables or nftables',
    kind: 'missing-requirement',
  },
  {
    pattern: /No space left on device|ENOSPC/,
    message: 'the folder that the images are written to is full',
    hint: 'free space there, or name another staging folder',
    kind: 'no-space',
  },
  {
    pattern: /Can't (?:dump|handle|find).*(?:unix|socket).*(?:external|peer)|External (?:unix )?socket|unix: .*(?:external|Runtime) /i,
    message: 'the job is connected by a local socket to a program outside of it',
    hint: 'let the job open such connections anew, or take the other program into the job',
    kind: 'unsupported',
  },
  {
    pattern: /unable to apply caps/i,
    message: 'the container was given capabilities that Holdfast itself does not have',
    hint: 'start Holdfast with the capabilities that it had at the start of the job',
    kind: 'permission',
  },
  {
    pattern: /Cannot allocate memory|ENOMEM|oom-kill/i,
    message: 'there is not enough memory',
    hint: 'free memory, or use a machine with more',
    kind: 'unavailable',
  },
  {
    pattern: /Error \(.*\b(\d+) killed by signal 9\b/,
    message: 'process $1, which CRIU was bringing back, was killed: from outside, or by the kernel for want of memory',
    hint: criuGoneHint,
    kind: 'unexpected',
  },
  {
    // What CRIU itself has complained of says more than that it is gone.
    pattern: /^(?![^]*Error \()[^]*read unixpacket [^]*?(?:EOF|connection reset by peer)/,
    message: 'CRIU ended unexpectedly: it was killed from outside, or by the kernel for want of memory',
    hint: criuGoneHint,
    kind: 'unexpected',
  },
];
