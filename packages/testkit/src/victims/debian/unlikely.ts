import { writeLines } from '../generated-input.js';
import { join } from 'node:path';
import { copyProgram } from '../programs.js';
import type { PreparedVictim, Victim } from '../victim.js';
import { overInput } from './over-files.js';

const bin = '/usr/bin';

function chainBehind(name: string, about: string, links: number, before: readonly [string, ...string[]]): Victim {
  return {
    name,
    about,
    expectedSeconds: 8,
    requires: [before[0]],
    async prepare(directory, { scale }): Promise<PreparedVictim> {
      await copyProgram('chain.sh', directory);
      return { command: [...before, '/bin/sh', 'chain.sh', String(Math.ceil(links * scale))], outputs: ['chain.txt'] };
    },
  };
}

/** What docs/container.md says a job may not do: in the table, so that it has the reason in Holdfast's own words. */
export const unlikely: readonly Victim[] = [
  chainBehind('strace', 'a program that traces another', 120, [`${bin}/strace`, '-f', '-o', 'trace.txt', '-e', 'trace=execve']),
  chainBehind('bubblewrap', 'a program in namespaces that the job makes itself', 1200, [
    `${bin}/bwrap`,
    '--dev-bind',
    '/',
    '/',
    '--unshare-pid',
    '--unshare-net',
    '--',
  ]),
  overInput(
    { name: 'fio-io_uring', about: "writes by the kernel's io_uring alone", requires: [`${bin}/fio`] },
    1,
    (directory) => writeLines(join(directory, 'lines.txt'), 10, 5),
    {
      command: [
        `${bin}/fio`,
        '--name=work',
        '--ioengine=io_uring',
        '--rw=write',
        '--bs=16k',
        '--size=32m',
        '--rate_iops=300',
        '--filename=disk',
        '--buffer_pattern=0x5a17',
        '--output=said.txt',
      ],
      outputs: ['disk'],
    },
  ),
];
