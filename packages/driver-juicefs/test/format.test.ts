import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { assertSameFormat, changedSettings, formatArguments } from '../src/format.js';
import type { VolumeSetting } from '../src/volume.js';
import { aConfig } from './support/a-config.js';

const made: VolumeSetting = {
  Name: 'snapshots',
  UUID: 'b8b1cf10-fec1-4e8c-aedf-d57a990a7ae9',
  Storage: 's3',
  Bucket: 'https://acme-snapshots.s3.eu-west-1.amazonaws.com',
  BlockSize: 16_384,
  Compression: 'none',
  TrashDays: 0,
};

test('a volume is made as configured, and never over another', () => {
  const args = formatArguments(aConfig({ format: { capacity: '2TiB' } }));
  expect(args).toEqual(
    expect.arrayContaining(['--no-update', '--storage=s3', '--block-size=16384K', '--compress=none', '--trash-days=0', '--capacity=2048']),
  );
  expect(args.at(-1)).toBe('snapshots');
});

test('a volume that was made so is taken', () => {
  expect(() => assertSameFormat(aConfig(), made, 'storage.plan')).not.toThrow();
  expect(changedSettings(aConfig(), made)).toEqual([]);
});

test.each([
  ['format.blockSize', { BlockSize: 4096 }, "'format.blockSize' is 4096 KiB in the volume and 16384 KiB in the configuration"],
  ['format.compression', { Compression: 'lz4' }, "'format.compression' is lz4 in the volume and none in the configuration"],
  ['name', { Name: 'others' }, "'name' is others in the volume and snapshots in the configuration"],
  ['bucket', { Storage: 'minio' }, "'bucket' is minio https"],
  ['format.encryptionKeyFile', { EncryptKey: 'removed' }, "'format.encryptionKeyFile' is an encryption key in the volume and no encryption key"],
])('%s is fixed: the error names it with both values', async (_, change, words) => {
  const error = await assertRejects(() => assertSameFormat(aConfig(), { ...made, ...change }, 'storage.plan'), { code: 'HF_PROVISION_CONFLICT' });
  expect(error.message).toContain(words);
});

test('what can be changed is', () => {
  expect(changedSettings(aConfig({ format: { capacity: '10GiB' } }), { ...made, TrashDays: 1 })).toEqual(['--trash-days=0', '--capacity=10']);
  expect(changedSettings(aConfig(), { ...made, Capacity: 10 * 1024 ** 3 })).toEqual(['--capacity=0']);
});
