import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeLines, writeSamples } from '../generated-input.js';
import type { Victim } from '../victim.js';
import { inShell, overInput, overLines } from './over-files.js';

const bin = '/usr/bin';
const threads = 'a compressor with threads';

/** A tree of so many files of 20,000 lines. */
async function writeTree(directory: string, files: number): Promise<void> {
  for (let file = 0; file < files; file += 1) {
    const folder = join(directory, 'tree', String(file % 7));
    await mkdir(folder, { recursive: true });
    writeLines(join(folder, `${file}.txt`), 20_000, file + 1);
  }
}

const archive = 'tar -c --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner tree';
const listing = 'cd copy && find . -type f | LC_ALL=C sort | xargs sha256sum > ../copied.txt';

export const compressors: readonly Victim[] = [
  overLines({ name: 'gzip', about: 'a compressor of one thread', requires: ['gzip'] }, 2_700_000, {
    command: ['/bin/gzip', '-9', '-n', '-k', '-f', 'lines.txt'],
    outputs: ['lines.txt.gz'],
  }),
  overLines({ name: 'bzip2', about: 'a compressor of one thread', requires: [`${bin}/bzip2`] }, 2_200_000, {
    command: [`${bin}/bzip2`, '-9', '-k', '-f', 'lines.txt'],
    outputs: ['lines.txt.bz2'],
  }),
  overLines({ name: 'pigz', about: threads, requires: [`${bin}/pigz`] }, 3_000_000, {
    command: [`${bin}/pigz`, '-p', '2', '-9', '-n', '-k', '-f', 'lines.txt'],
    outputs: ['lines.txt.gz'],
  }),
  overLines(
    { name: '7z', about: `${threads}, in C++, behind a script`, requires: [`${bin}/7z`] },
    450_000,
    inShell('rm -f lines.7z; exec /usr/bin/7z a -bd -mx=9 -mtm=off -mtc=off -mta=off lines.7z lines.txt > /dev/null', ['lines.7z']),
  ),
  overInput(
    { name: 'tar-xz', about: 'an archiver that writes into a pipe to a compressor', requires: ['tar', `${bin}/xz`] },
    12,
    writeTree,
    inShell(`${archive} | /usr/bin/xz -6 -T1 > tree.tar.xz`, ['tree.tar.xz']),
  ),
  overInput(
    { name: 'rsync', about: 'three processes over socket pairs, held to a rate', requires: [`${bin}/rsync`] },
    200,
    writeTree,
    inShell(`rm -rf copy; /usr/bin/rsync -a --bwlimit=14M tree/ copy/ && ${listing}`, ['copied.txt']),
  ),
  overInput(
    { name: 'flac', about: 'a compressor of sound', requires: [`${bin}/flac`] },
    11_000_000,
    (directory, samples) => writeSamples(join(directory, 'sound.raw'), samples, 11),
    {
      command: [
        `${bin}/flac`,
        '-8',
        '-e',
        '-p',
        '-s',
        '-f',
        '--force-raw-format',
        '--endian=little',
        '--channels=1',
        '--bps=16',
        '--sample-rate=44100',
        '--sign=signed',
        'sound.raw',
        '-o',
        'sound.flac',
      ],
      outputs: ['sound.flac'],
    },
  ),
];
