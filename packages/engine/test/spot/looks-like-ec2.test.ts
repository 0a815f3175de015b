import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { looksLikeEc2 } from '../../src/spot/looks-like-ec2.js';

let sysfs: string;
beforeEach(async () => {
  sysfs = await mkdtemp(join(tmpdir(), 'holdfast-sys-'));
});
afterEach(() => rm(sysfs, { recursive: true }));

test.each([
  [{}, false],
  [{ 'class/dmi/id/sys_vendor': 'Amazon EC2\n' }, true],
  [{ 'class/dmi/id/sys_vendor': 'QEMU\n', 'class/dmi/id/bios_vendor': 'SeaBIOS\n' }, false],
  [{ 'class/dmi/id/sys_vendor': 'Xen\n', 'hypervisor/uuid': 'ec2d1c3a-0f0e-4a5b-8c2e-0123456789ab\n' }, true],
  [{ 'hypervisor/uuid': '45ec2d1c-0f0e-4a5b-8c2e-0123456789ab\n' }, false],
])('%j: %s', async (files, expected) => {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(sysfs, name)), { recursive: true });
    await writeFile(join(sysfs, name), content);
  }
  expect(await looksLikeEc2(sysfs)).toBe(expected);
});
