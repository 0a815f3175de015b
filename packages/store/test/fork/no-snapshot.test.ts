import { openRepository } from '@holdfast/store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

const holder = { attempt: 'a', host: 'h', pid: 1 };

test('a fork of a job without a snapshot is refused in words that name none', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  await store.claim('source', holder, { kind: 'fresh' });
  const forking = store.fork({ job: 'source' }, 'new', { ...holder, attempt: 'b' });
  await expect(forking).rejects.toMatchObject({
    code: 'HF_CHECKPOINT_MISSING',
    message: expect.stringMatching(/^Job source has no snapshot/u) as string,
  });
});
