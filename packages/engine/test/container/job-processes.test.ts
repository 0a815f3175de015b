import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeProcesses, type JobProcess, pidsOf } from '../../src/container/job-processes.js';
import { processesOf } from '../../src/container/processes.js';
import { findUnready } from '../../src/container/unready-process.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-processes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const process = (pid: number, parentPid: number): JobProcess => ({ pid, parentPid, imagePid: pid });

test('processes have their parents, and are numbered as they are for the init, however deep they are', () => {
  write('10/status', 'Name:\ta\nPPid:\t1\nNSpid:\t10\t1\n');
  write('11/status', 'Name:\tPPid:\t9\\nNSpid:\t9\nPPid:\t10\nNSpid:\t11\t2\t1\n');
  write('12/status', 'Name:\tb\nPPid:\t11\n');
  expect(describeProcesses([10, 11, 12, 13], 10, folder)).toEqual([
    { pid: 10, parentPid: 1, imagePid: 1 },
    { pid: 11, parentPid: 10, imagePid: 2 },
    { pid: 12, parentPid: 11, imagePid: 12 },
  ]);
  expect(pidsOf(describeProcesses([11, 12], 10, folder))).toEqual([11, 12]);
  expect(describeProcesses([11, 12], 13, folder)).toEqual([]);
});

test('a control group has the processes of those below it; what cannot be read has none', () => {
  write('group/cgroup.procs', '10\n0\n11\n');
  write('group/below/cgroup.procs', '12\n');
  write('group/odd/below/cgroup.procs', '13\n');
  mkdirSync(join(folder, 'group/odd/cgroup.procs'));
  expect(new Set(processesOf(join(folder, 'group')))).toEqual(new Set([10, 11, 12, 13]));
  expect(processesOf(join(folder, 'gone'))).toEqual([]);
});

test('whoever waits in vfork is found in any thread, and what was stopped where the freezer is of version 1', () => {
  const processes = [process(10, 1), process(11, 10), process(12, 10)];
  for (const thread of ['10/task/10', '10/task/20', '11/task/11', '12/task/12']) write(`${thread}/wchan`, '__refrigerator');
  expect([1, 2].map((version) => findUnready(processes, version as 1 | 2, folder))).toEqual([undefined, undefined]);
  write('10/task/10/wchan', 'do_signal_stop');
  expect(findUnready(processes, 2, folder)).toBeUndefined();
  write('10/task/10/wchan', '__refrigerator');
  write('12/task/12/wchan', 'do_signal_stop');
  expect([1, 2].map((version) => findUnready(processes, version as 1 | 2, folder))).toEqual([{ pid: 12, why: 'stopped' }, undefined]);
  write('10/task/20/wchan', 'wait_for_vfork_done');
  const waiting = { pid: 10, why: 'vfork' };
  expect([1, 2].map((version) => findUnready(processes, version as 1 | 2, folder))).toEqual([waiting, waiting]);
  write('10/task/20/wchan', 'kernel_clone');
  expect(findUnready(processes, 2, folder)).toEqual(waiting);
});
