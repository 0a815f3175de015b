import { expect, test } from 'vitest';
import { parseSnapshotName } from '../../src/settings/snapshot-name.js';

test.each([
  ['align-7', { job: 'align-7', number: undefined }],
  ['align-7@12', { job: 'align-7', number: 12 }],
])('%s names a snapshot', (text, name) => expect(parseSnapshotName(text)).toEqual(name));

test.each(['', '@', '@3', 'a@', 'a@0', 'a@-1', 'a@1.5', 'a@1@2', 'a@x', 'a@12345678901'])('%j is refused', (text) => {
  expect(() => parseSnapshotName(text)).toThrow(expect.objectContaining({ code: 'HF_USAGE' }) as Error);
});
