import { expect, test } from 'vitest';
import { planVolume } from '../src/inspect.js';
import { fakeJuicefs } from './support/fake-juicefs.js';

test('the plan says what a bucket costs where costs are told', async () => {
  await using fake = await fakeJuicefs();
  const { resources } = await planVolume(fake.setup);
  const bucket = resources.find(({ kind }) => kind === 's3-bucket');
  expect(bucket?.costClass).toContain('by use');
  expect(bucket?.detail).not.toContain('by use');
});
