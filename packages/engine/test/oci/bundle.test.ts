import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { parseBundle, readBundle } from '../../src/oci/bundle.js';
import { bind, bundle, bundleText } from './bundles.js';

test('a bundle of Docker is read with what it leaves out', () => {
  const read = bundle({ env: ['A=1', 'B=x=y', 'A=2', 'C'], mounts: [bind('/data', '/data')] });
  expect(read).toMatchObject({ args: ['sleep', '9'], terminal: false, rootPath: '/srv/merged', rootReadOnly: false, cgroupsPath: '/docker/c0ffee' });
  expect([...read.environment]).toEqual([
    ['A', '2'],
    ['B', 'x=y'],
    ['C', ''],
  ]);
  expect(read.mounts).toHaveLength(2);
  expect(read.uidMappings).toEqual([]);
});

test('a root path is relative to the bundle', () => {
  expect(parseBundle('/run/b', bundleText({ rootPath: 'rootfs' })).rootPath).toBe('/run/b/rootfs');
});

test.each([
  ['no JSON', '{"process": {"env": ["TOKEN=s3cret"]'],
  ['no process', '{"root": {"path": "r"}, "mounts": [{"destination": "s3cret"}]}'],
  ['a list', '["s3cret"]'],
])('%s is refused by its path, without a word of what it holds', (_, text) => {
  let caught: unknown;
  try {
    parseBundle('/run/b', text);
  } catch (error) {
    caught = error;
  }
  expect(isHoldfastError(caught) && caught.code).toBe('HF_CONTAINER_BUNDLE');
  expect(String(caught)).toContain('/run/b/config.json');
  expect(JSON.stringify(caught) + String(caught)).not.toContain('s3cret');
});

test('a bundle is read from its folder; one that is not there is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-bundle-'));
  try {
    await expect(readBundle(folder)).rejects.toMatchObject({ code: 'HF_CONTAINER_BUNDLE' });
    writeFileSync(join(folder, 'config.json'), bundleText({}));
    expect((await readBundle(folder)).folder).toBe(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
