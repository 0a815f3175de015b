import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asSeenInTree, assertLasting, missingInTree } from '../../src/install/named-programs.js';

const named = {
  root: '/',
  launcher: '/opt/holdfast/holdfast-runc',
  runc: '/usr/sbin/runc',
  criu: undefined,
  program: ['/usr/bin/node', '/opt/holdfast/main.js'],
  config: { tools: { native: '/opt/holdfast' } },
};

test('programs in the tree are written as its own machine sees them, those of this machine as they are', () => {
  const tree = { ...named, root: '/img', launcher: '/img/opt/h/holdfast-runc', program: ['/img/opt/node', '/img/opt/h/main.js'] };
  expect(asSeenInTree({ ...tree, config: { tools: { native: '/img/opt/h', criu: '/image/criu' } } })).toEqual({
    ...tree,
    launcher: '/opt/h/holdfast-runc',
    program: ['/opt/node', '/opt/h/main.js'],
    config: { tools: { native: '/opt/h', criu: '/image/criu' } },
  });
  expect(asSeenInTree(named)).toEqual(named);
});

test.each([
  ['the launcher', { launcher: '/tmp/x/holdfast-runc' }],
  ['runc', { runc: '/var/tmp/x/runc' }],
  ['CRIU', { criu: '/var/tmp/criu' }],
  ["the agent's program", { program: ['/usr/bin/node', '/dev/shm/main.js'] }],
  ['the folder of the native helpers', { config: { tools: { native: '/tmp/x' } } }],
])('%s where nothing stays is refused, naming it and the remedy', (what, more) => {
  const refusal = { code: 'HF_DOCKER_SETUP', message: expect.stringContaining(`is ${what}, and lies below`) as string };
  expect(() => assertLasting({ ...named, ...more })).toThrow(expect.objectContaining(refusal));
});

test('what stays is not refused', () => {
  expect(() => assertLasting({ ...named, launcher: '/tmpx/holdfast-runc' })).not.toThrow();
});

test('what another tree lacks is named', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-tree-'));
  try {
    await mkdir(join(root, 'opt/holdfast'), { recursive: true });
    for (const name of ['holdfast-runc', 'main.js']) await writeFile(join(root, 'opt/holdfast', name), '');
    expect(await missingInTree({ ...named, root })).toEqual([
      expect.stringMatching(/^\/usr\/sbin\/runc \(runc\) /) as string,
      expect.stringMatching(/^\/usr\/bin\/node \(the agent's program\) /) as string,
    ]);
    expect(await missingInTree(named)).toEqual([]);
  } finally {
    await rm(root, { recursive: true });
  }
});
