import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FreezerFiles, freezerOfNewGroup, parseCgroups } from '../../src/container/cgroup-files.js';
import { parseMountInfo } from '../../src/container/host-mounts.js';

const program = fileURLToPath(new URL('unheld.py', import.meta.url));

let folder: string;
let freezer: FreezerFiles;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-unheld-'));
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const found = freezerOfNewGroup(mounts, parseCgroups(readFileSync('/proc/self/cgroup', 'utf8')), `holdfast-unheld-${process.pid}`);
  if (found === undefined) throw new Error('no freezer is mounted');
  freezer = found;
  mkdirSync(freezer.folder);
});
afterEach(() => {
  rmdirSync(freezer.folder);
  rmSync(folder, { recursive: true });
});

test.each(['pager', 'keeper', 'spare', 'both'])(
  'where the %s is gone, no process reads a page that nobody brought, nor does one that it has forked',
  (who) => {
    const pager = join(process.env['HOLDFAST_NATIVE'] ?? '', 'holdfast-pager');
    const words = [program, pager, folder, join(freezer.folder, 'cgroup.procs'), freezer.control, freezer.thawed, who];
    const { status, stdout, stderr } = spawnSync('python3', words, { encoding: 'utf8', timeout: 60_000 });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  },
);
