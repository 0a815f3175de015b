import { HoldfastError } from '@holdfast/core';
import { expect, test, vi } from 'vitest';
import { type ResumeOptions, resumeContainer } from '../../src/agent/resume-container.js';
import type { SharedMount } from '../../src/oci/container-files.js';

test('a container with a shared file system that does not answer is refused before anything of it, or of its snapshots, is touched', async () => {
  const shared: readonly SharedMount[] = [{ destination: '/data', hostPath: '/mnt/shared', type: 'fuse.juicefs' }];
  const hung = new HoldfastError('HF_MOUNT_HUNG', { kind: 'timeout', message: 'it does not answer' });
  const refuseHung = vi.fn(() => Promise.reject(hung));
  const notYet = (): never => expect.unreachable();
  const options = {
    context: { config: {}, tools: {} },
    setup: { files: { shared, overlay: undefined } },
    attempt: { options: { request: {}, events: { emit: notYet }, environment: { store: new Proxy({}, { get: notYet }) } } },
    conversation: { touched: notYet, say: notYet, restore: notYet, signal: new AbortController().signal },
    epoch: {},
    refuseHung,
  };
  await expect(resumeContainer(options as unknown as ResumeOptions)).rejects.toBe(hung);
  expect(refuseHung).toHaveBeenCalledWith(shared);
});
