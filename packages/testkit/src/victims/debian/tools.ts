import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { numbersFrom, writeInPieces, writeLines } from '../generated-input.js';
import { copyProgram } from '../programs.js';
import type { Victim } from '../victim.js';
import { inShell, overInput, shellLine } from './over-files.js';

const bin = '/usr/bin';
const run = promisify(execFile);

/** A history for git's fast-import: one file of many lines, some of which each commit changes. */
function writeHistory(directory: string, commits: number): void {
  const next = numbersFrom(19);
  const lines = Array.from({ length: 900 }, () => next().toString(36));
  writeInPieces(join(directory, 'history'), function* () {
    for (let commit = 1; commit <= commits; commit += 1) {
      for (let change = 0; change < 9; change += 1) lines[next() % lines.length] = `${next().toString(36)} ${commit}`;
      const text = `${lines.join('\n')}\n`;
      yield `commit refs/heads/main\ncommitter N <n@example.invalid> ${1_600_000_000 + commit} +0000\ndata 2\nc\nM 100644 inline file-${commit % 5}\ndata ${text.length}\n${text}\n`;
    }
  });
}

function writePicture(directory: string, size: number): Promise<void> {
  const next = numbersFrom(23);
  const pixels = Buffer.alloc(size * size * 3);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at / 977 + (next() % 64)) & 255;
  return writeFile(join(directory, 'picture.ppm'), Buffer.concat([Buffer.from(`P6\n${size} ${size}\n255\n`), pixels]));
}

async function encrypt(directory: string, lines: number): Promise<void> {
  writeLines(join(directory, 'lines.txt'), 200_000, 5);
  await mkdir(join(directory, 'keys'), { mode: 0o700, recursive: true });
  const options = [
    '--homedir',
    'keys',
    '--batch',
    '--yes',
    '--quiet',
    '--passphrase',
    'word',
    '--pinentry-mode',
    'loopback',
    '--s2k-count',
    '65011712',
  ];
  await run(`${bin}/gpg`, [...options, '--symmetric', '--output', 'lines.gpg', 'lines.txt'], { cwd: directory });
  await run(`${bin}/gpgconf`, ['--homedir', join(directory, 'keys'), '--kill', 'all']);
  await writeFile(join(directory, 'rounds'), String(lines));
}

const decrypt =
  '/usr/bin/gpg --homedir keys --batch --quiet --passphrase word --pinentry-mode loopback --decrypt lines.gpg | sha256sum >> answer.txt';

export const tools: readonly Victim[] = [
  overInput(
    { name: 'git', about: 'a repository imported and packed anew', requires: [`${bin}/git`] },
    2200,
    writeHistory,
    inShell(
      'rm -rf r; git init -q --bare r && cd r && git fast-import --quiet < ../history && git repack -adfq --depth=60 --window=90 --threads=2 && git fsck --full > ../said.txt 2>&1 && git rev-list --objects --all | sha256sum > ../answer.txt',
      ['answer.txt', 'said.txt'],
    ),
  ),
  shellLine(
    { name: 'parallel', about: 'GNU parallel: four shells at a time, output kept in order', requires: [`${bin}/parallel`] },
    220,
    "export HOME=$PWD; seq N | /usr/bin/parallel --will-cite -j4 -k 'seq {} {}0000 | md5sum' > answer.txt",
    ['answer.txt'],
  ),
  overInput({ name: 'imagemagick', about: 'pictures, with OpenMP', requires: [`${bin}/convert-im6.q16`] }, 1500, writePicture, {
    command: [`${bin}/convert-im6.q16`, 'picture.ppm', '-blur', '0x12', '-resize', '150%', '-emboss', '4', '-median', '5', 'out.ppm'],
    outputs: ['out.ppm'],
  }),
  overInput(
    { name: 'gpg', about: 'a program that leaves an agent behind, and talks to it', requires: [`${bin}/gpg`, `${bin}/gpg-agent`] },
    18,
    encrypt,
    inShell(`: > answer.txt; n=0; while [ $n -lt $(cat rounds) ]; do ${decrypt}; n=$((n + 1)); done; gpgconf --homedir "$PWD/keys" --kill all`, [
      'answer.txt',
    ]),
  ),
  shellLine(
    { name: 'openssl', about: 'a key derived in millions of rounds', requires: [`${bin}/openssl`] },
    9_000_000,
    'exec /usr/bin/openssl enc -aes-256-cbc -pbkdf2 -iter N -S 00112233445566778899aabbccddeeff -k word -in /bin/sh -out answer.bin',
    ['answer.bin'],
  ),
  {
    name: 'valgrind',
    about: 'a program under another that translates it',
    expectedSeconds: 8,
    requires: [`${bin}/valgrind`],
    async prepare(directory, { scale }) {
      writeLines(join(directory, 'lines.txt'), Math.ceil(55_000 * scale), 5);
      return inShell('exec /usr/bin/valgrind -q --log-file=valgrind.txt /usr/bin/xz -6 -T1 -k -f lines.txt', ['lines.txt.xz']);
    },
  },
  {
    name: 'expect',
    about: 'a program that has another in a terminal of its own',
    expectedSeconds: 7,
    requires: [`${bin}/expect`],
    async prepare(directory, { scale }) {
      await copyProgram('dialogue.exp', directory);
      return { command: [`${bin}/expect`, 'dialogue.exp', String(Math.ceil(1500 * scale))], outputs: ['answer.txt'] };
    },
  },
  overInput(
    { name: 'fio', about: 'asynchronous writes of the kernel', requires: [`${bin}/fio`] },
    1,
    async (directory, units) =>
      writeFile(
        join(directory, 'work.fio'),
        `[global]\nioengine=libaio\niodepth=8\nrw=randwrite\nbs=16k\nbuffer_pattern=0x5a17\nrandseed=7\nrate_iops=300\nio_size=${units * 32}m\nsize=48m\nfilename=disk\ndirect=0\n[work]\n`,
      ),
    inShell('rm -f disk; exec /usr/bin/fio --output=said.txt work.fio', ['disk']),
  ),
];
