import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failureCauses } from '../../src/container/failure-cause.js';
import { complaintsOf, namedFailure } from '../../src/container/named-failure.js';

const name = (log: string) => namedFailure({ code: 'HF_RESTORE_FAILED', operation: 'restore', log, exitCode: 1, logFolder: '/l' });

test.each([
  ["(00.1)  7: Error (criu/files-ext.c:96): Can't dump file 9 of that type [600] (unknown /anon_inode:[io_uring])", 'io_uring', 'unsupported'],
  ["(00.1) Error (criu/files-ext.c:94): Can't dump file 3 of that type [600] (anon anon_inode:[userfaultfd])", 'userfaultfd', 'unsupported'],
  [
    '(00.1)  7: Error (criu/files-reg.c:1922): File data/log has bad size 2048 (expect 1024)',
    'data/log has 2048 bytes, but the job that had it open expects 1024',
    'conflict',
  ],
  [
    "(00.1)  7: Error (criu/files-reg.c:2104): Can't open file opt/tool on restore: No such file or directory",
    'the file opt/tool, which the job has open, is not there',
    'not-found',
  ],
  ["(00.1) Error (criu/proc_parse.c:1): Can't open 22943: No such file or directory", 'a process of the job ended', 'conflict'],
  ["(00.1) Error (criu/proc_parse.c:1): Can't open 22943/stat: No such file or directory", 'a process of the job ended', 'conflict'],
  ['(00.1) Error (criu/sk-inet.c:191): inet: Connected TCP socket, consider using --tcp-established option.', 'TCP connection', 'unsupported'],
  [
    "(00.1)  6: Error (criu/sk-inet.c:1059): inet: Can't bind inet socket (id 28): Address already in use",
    'a port that the job listens on is taken',
    'conflict',
  ],
  ["(00.1)  6: Error (criu/cr-restore.c:1): Can't write img: No space left on device", 'full', 'no-space'],
  ["(00.1) Error (criu/cr-dump.c:1): Can't get rlimit 0: Operation not permitted", 'CAP_SYS_RESOURCE', 'permission'],
  ['{"level":"error","msg":"unable to apply caps: operation not permitted"}', 'capabilities', 'permission'],
])('%s', (log, told, kind) => {
  const error = name(log);
  expect(error.message).toContain(told);
  expect(error.kind).toBe(kind);
  expect(error.hint).toBeDefined();
  expect(error.code).toBe('HF_RESTORE_FAILED');
});

test('of a port that is taken both remedies are named: a program is there, or nobody is', () => {
  const { hint } = name("(00.1)  6: Error (criu/sk-inet.c:1059): inet: Can't bind inet socket (id 28): Address already in use");
  expect(hint).toContain('ss -tlnp');
  expect(hint).toMatch(/TIME-WAIT.*run the same line again in a minute/);
});

test('a page of the documentation that a hint names is there', () => {
  const hints = [...failureCauses.map(({ hint }) => hint), name('').hint ?? ''];
  const pages = hints.flatMap((hint) => hint.match(/docs\/[\w-]+\.md/g) ?? []);
  expect(pages).not.toEqual([]);
  for (const page of pages) expect(existsSync(join(import.meta.dirname, '../../../..', page)), page).toBe(true);
});

test('what nobody foresaw keeps the first complaints, without the noise', () => {
  const log =
    "(00.0) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted\n(00.1) all is well\n(00.2) Error (criu/x.c:1): Something new";
  expect(complaintsOf(log)).toBe('(00.2) Error (criu/x.c:1): Something new');
  expect(name(log)).toMatchObject({ kind: 'unexpected', message: 'the snapshot could not be resumed: (00.2) Error (criu/x.c:1): Something new' });
  expect(name(log).hint).toContain('--verbose');
  expect(String(name(log).cause)).toContain('all is well');
  expect(name('').message).toBe('the snapshot could not be resumed: runc ended with 1 and said nothing');
});

const eof = '{"level":"error","msg":"read unixpacket @-\\u003e@: EOF","time":"2026-11-25T20:10:00Z"}';
const reset = '{"level":"error","msg":"read unixpacket @-\\u003e@: read: connection reset by peer","time":"2026-11-25T20:10:00Z"}';

test.each(['dump', 'restore'] as const)('that CRIU went away in a %s is told as a sentence, with what to do', (operation) => {
  for (const log of [eof, reset]) {
    const error = namedFailure({ code: 'HF_DUMP_FAILED', operation, log, exitCode: 1, logFolder: '/l' });
    expect(error.message).toMatch(/CRIU ended unexpectedly: it was killed from outside, or by the kernel for want of memory$/u);
    // Tried once more before an older snapshot is taken for it.
    expect(error.kind).toBe('unexpected');
    expect(error.hint).toContain('dmesg');
  }
});

test("CRIU's own complaint goes before runc's that it is gone", () => {
  expect(name(`(00.2) Error (criu/x.c:1): Something new\n${eof}`).message).toContain('Something new');
  expect(name(`(00.2) Error (criu/cr-restore.c:1): 7 killed by signal 9: Killed\n${eof}`).message).toContain(
    'process 7, which CRIU was bringing back, was killed',
  );
});

test("runc's lines are told by their words, not as JSON", () => {
  expect(name('{"level":"error","msg":"something \\u003e new","time":"2026-11-25T20:10:00Z"}').message).toMatch(/: something > new$/u);
});

test('no hint tells to run the line of a job that runs', () => {
  const { hint } = namedFailure({ code: 'HF_DUMP_FAILED', operation: 'dump', log: '', exitCode: 1, logFolder: '/l' });
  expect(hint).not.toContain('run the same line');
});
