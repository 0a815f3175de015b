import { expect, test } from 'vitest';
import { assertUsable } from '../../src/mount/ensure-mount.js';
import { unusableOption } from '../../src/mount/mount-options.js';
import { aConfig } from '../support/a-config.js';

const own = { readOnly: false, writeback: false, kernelWriteback: false, subdirectory: '', cachesNames: false };

test.each([
  [{ writeback: true }, 'mount.writeback'],
  [{ readOnly: true }, 'mount.readOnly'],
  [{ kernelWriteback: true }, 'writeback_cache'],
  [{ subdirectory: '/part' }, 'subdir'],
  [{ cachesNames: true }, 'attr-cache'],
])('a mount that is there with %o is not used, and the option named', (other, option) => {
  expect(unusableOption(own, { ...own, ...other })).toContain(`'${option}'`);
});

test('one that is as configured is used', () => {
  expect(unusableOption(own, own)).toBeUndefined();
  expect(unusableOption({ readOnly: true, writeback: false }, { ...own, readOnly: true })).toBeUndefined();
  expect(unusableOption({ readOnly: false, writeback: true }, { ...own, writeback: true })).toBeUndefined();
});

test('another volume that is mounted there is not used', () => {
  const seen = { state: 'volume', uuid: 'a', pid: 1, parentPid: undefined, cacheDirectories: [], options: own } as const;
  assertUsable(aConfig(), 'a', seen);
  expect(() => assertUsable(aConfig(), 'b', seen)).toThrow(expect.objectContaining({ code: 'HF_STORAGE_IN_USE' }));
  expect(() => assertUsable(aConfig(), 'a', { ...seen, options: { ...own, cachesNames: true } })).toThrow('attr-cache');
});
