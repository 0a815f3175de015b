import { expect, test } from 'vitest';
import { assertRights } from '../../src/deployment/assert-rights.js';

const sets = (effective: readonly string[]) => ({ bounding: [], permitted: [], inheritable: [], ambient: [], effective });

test('root with its rights may run a job', () => {
  expect(() => assertRights({ uid: 0, capabilities: sets(['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE']) })).not.toThrow();
});

test('another user is named, with what to do', () => {
  expect(() => assertRights({ uid: 1000, capabilities: sets([]) })).toThrow(
    expect.objectContaining({
      code: 'HF_NOT_ROOT',
      message: 'this is user 1000, not root',
      hint: 'run it as root, for example with sudo: a job needs CAP_SYS_ADMIN and CAP_SYS_PTRACE',
    }),
  );
});

test('what root lacks in a container is named', () => {
  expect(() => assertRights({ uid: 0, capabilities: sets(['CAP_SYS_PTRACE']) })).toThrow(
    expect.objectContaining({ code: 'HF_NOT_ROOT', message: 'root lacks CAP_SYS_ADMIN here' }),
  );
});
