import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { amendBundle, amendedConfig } from '../../src/oci/amend-bundle.js';
import { parseBundle, readBundle } from '../../src/oci/bundle.js';
import { bundle, bundleText } from './bundles.js';

const options = { criuConfigPath: '/run/holdfast/criu.conf', architecture: 'x64' };
const calls = ['io_uring_setup', 'io_uring_enter', 'io_uring_register'];
const rule = { names: calls, action: 'SCMP_ACT_ERRNO', errnoRet: 38 };

test('a profile that allows io_uring refuses it, and keeps the rest', () => {
  const seccomp = {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 1,
    architectures: ['SCMP_ARCH_X86_64'],
    syscalls: [
      { names: ['read', 'io_uring_enter', 'write'], action: 'SCMP_ACT_ALLOW' },
      { names: calls, action: 'SCMP_ACT_ALLOW' },
      { names: ['clone'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 1, op: 'SCMP_CMP_EQ' }] },
    ],
  };
  const amended = amendedConfig(bundle({ linux: { seccomp } }), options);
  expect(amended['annotations']).toEqual({ 'org.criu.config': '/run/holdfast/criu.conf' });
  expect(amended['linux']).toMatchObject({
    cgroupsPath: '/docker/c0ffee',
    seccomp: {
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: 1,
      architectures: ['SCMP_ARCH_X86_64'],
      syscalls: [{ names: ['read', 'write'], action: 'SCMP_ACT_ALLOW' }, seccomp.syscalls[2], rule],
    },
  });
});

test('a container without a profile gets one of this rule alone', () => {
  expect(amendedConfig(bundle(), options)['linux']).toMatchObject({ seccomp: { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] } });
});

test('amended twice is as once', () => {
  const once = amendedConfig(bundle(), options);
  expect(amendedConfig(parseBundle('/run/b', JSON.stringify(once)), options)).toEqual(once);
});

test('the file is replaced as a whole, with its mode; a description that cannot be amended stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-amend-'));
  const path = join(folder, 'config.json');
  try {
    writeFileSync(path, bundleText({}), { mode: 0o640 });
    await amendBundle(await readBundle(folder), options);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      annotations: { 'org.criu.config': '/run/holdfast/criu.conf' },
      hostname: 'c0ffeec0ffee',
    });
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['config.json']);
    const odd = bundleText({ linux: { seccomp: 'none' } });
    writeFileSync(path, odd);
    await expect(readBundle(folder).then((read) => amendBundle(read, options))).rejects.toMatchObject({ code: 'HF_CONTAINER_BUNDLE' });
    expect(readFileSync(path, 'utf8')).toBe(odd);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
