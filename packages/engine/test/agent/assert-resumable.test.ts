import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import type { AgentContext } from '../../src/agent/agent-context.js';
import { assertResumable } from '../../src/agent/assert-resumable.js';
import type { ContainerSetup } from '../../src/agent/container-setup.js';
import { describeMachine } from '../../src/preflight/machine.js';
import type { RunEnvironment } from '../../src/run/run-environment.js';

const criu = '/nowhere/criu';
const context = { tools: { criu }, config: { agent: { otherImage: 'refuse' } } } as unknown as AgentContext;
const setup = { job: 'job', image: undefined, files: { mountpoints: ['/proc'], roots: [] } } as unknown as ContainerSetup;

/** A storage whose newest snapshot that is eligible is of such a container, or cannot be read. */
async function look(container: object | HoldfastError, host: object = {}): Promise<readonly string[]> {
  const metadata = {
    version: 1,
    command: ['c'],
    workingDirectory: '/',
    roots: [],
    container,
    files: null,
    mounts: null,
    outsideFiles: null,
    stdin: { consumedBytes: 0, ended: false },
    memoryFrom: 'staged-memory',
    host: { ...(await describeMachine(criu)), ...host },
  };
  const store = {
    list: () =>
      Promise.resolve([
        { number: 3, eligible: false },
        { number: 2, eligible: true },
      ]),
    open: ({ number }: { readonly number: number }) => {
      if (number !== 2 || container instanceof HoldfastError)
        return Promise.reject(container instanceof HoldfastError ? container : new Error('another'));
      return Promise.resolve({ metadata, [Symbol.asyncDispose]: () => Promise.resolve() });
    },
  };
  return await assertResumable(context, setup, { store } as unknown as RunEnvironment, {});
}

const oci = { version: 1, kind: 'oci', mountpoints: ['/proc'] };

test('what cannot come back in this container, or on this machine, is refused by its reason', async () => {
  await expect(look({ ...oci, mountpoints: [] })).rejects.toMatchObject({ code: 'HF_RESTORE_REFUSED' });
  await expect(look(oci, { architecture: 'riscv128' })).rejects.toMatchObject({ code: 'HF_MACHINE_MISMATCH' });
});

test('what can is not, and what is to be known is told', async () => {
  await expect(look(oci)).resolves.toEqual([expect.stringContaining('is not known') as string]);
});

test.each([
  ['that is damaged', 'corrupt', true],
  ['of a storage that does not answer', 'unavailable', false],
] as const)('a snapshot %s is left to the restore, or fails', async (_what, kind, isLeft) => {
  const looked = look(new HoldfastError('HF_STORAGE_IO', { message: 'no', kind, operation: 'open' }));
  await (isLeft ? expect(looked).resolves.toEqual([]) : expect(looked).rejects.toMatchObject({ kind }));
});
