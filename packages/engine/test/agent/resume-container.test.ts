import { HoldfastError } from '@holdfast/core';
import { expect, test, vi } from 'vitest';
import { resumeContainer, type ResumeOptions } from '../../src/agent/resume-container.js';
import { refuseHungShared } from '../../src/oci/refuse-hung-shared.js';

vi.mock('../../src/oci/refuse-hung-shared.js');

test('a job is not put back beside a shared file system that does not answer: nothing was touched', async () => {
  vi.mocked(refuseHungShared).mockRejectedValue(new HoldfastError('HF_MOUNT_HUNG', { message: 'hung', kind: 'timeout' }));
  const shared = [{ destination: '/efs', hostPath: '/mnt/efs', type: 'nfs4' }];
  const touched = vi.fn();
  const options = {
    context: { config: { stateDirectory: '/nowhere' }, tools: {} },
    setup: { id: 'c1', job: 'job', files: { shared, overlay: undefined }, description: { environment: new Map() } },
    attempt: { options: {}, holder: {}, staging: {} },
    conversation: { signal: new AbortController().signal, touched },
    epoch: {},
  } as unknown as ResumeOptions;
  await expect(resumeContainer(options)).rejects.toMatchObject({ code: 'HF_MOUNT_HUNG' });
  expect(refuseHungShared).toHaveBeenCalledWith(shared);
  expect(touched).not.toHaveBeenCalled();
});
