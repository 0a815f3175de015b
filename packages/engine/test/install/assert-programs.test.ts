import { execPath } from 'node:process';
import { expect, test } from 'vitest';
import { assertPrograms } from '../../src/install/assert-programs.js';

test.each([
  [
    'the launcher',
    { launcher: '/nowhere/holdfast-runc', runc: execPath },
    { code: 'HF_NATIVE_MISSING', message: expect.stringContaining('/nowhere/holdfast-runc') as string },
  ],
  ['runc', { launcher: execPath, runc: '/nowhere/runc' }, { code: 'HF_RUNC_MISSING', message: expect.stringContaining('/nowhere/runc') as string }],
])('an installation without %s is refused, naming it', async (_what, programs, refusal) => {
  await expect(assertPrograms(programs)).rejects.toMatchObject(refusal);
});

test('one with both is not', async () => {
  await expect(assertPrograms({ launcher: execPath, runc: execPath })).resolves.toBeUndefined();
});
