import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeGenome, writeLines } from './generated-input.js';
import { copyProgram } from './programs.js';
import { requireProgram } from './requirements.js';
import type { PreparedVictim, Victim } from './victim.js';

const run = promisify(execFile);

/** A program over one generated file of lines. */
function overLines(name: string, about: string, requires: readonly string[], lines: number, prepared: (input: string) => PreparedVictim): Victim {
  return {
    name,
    about,
    expectedSeconds: 7,
    requires,
    prepare(directory, { scale }) {
      writeLines(join(directory, 'lines.txt'), Math.ceil(lines * scale), 5);
      return Promise.resolve(prepared('lines.txt'));
    },
  };
}

export const dataVictims: readonly Victim[] = [
  overLines('pipe', 'five processes joined by pipes', ['sort', 'gzip', 'gunzip', 'sha256sum'], 900_000, (input) => ({
    command: ['/bin/sh', '-c', `cat ${input} | LC_ALL=C sort -S 8M | gzip -9 -n | gunzip | sha256sum > pipe.txt`],
    outputs: ['pipe.txt'],
  })),
  overLines('sort', 'GNU sort with too little memory: temporary files in the private /tmp', ['sort'], 2_500_000, (input) => ({
    command: ['/usr/bin/env', 'LC_ALL=C', 'sort', '-S', '8M', '--parallel=1', '-k', '2,2n', '-k', '3,3', '-o', 'sorted.txt', input],
    outputs: ['sorted.txt'],
  })),
  overLines('xz', 'a compressor with a large dictionary', ['xz'], 220_000, (input) => ({
    command: [requireProgram('xz'), '-9e', '-T1', '--keep', '--force', input],
    outputs: [`${input}.xz`],
  })),
  overLines('zstd', 'a compressor with two threads', ['zstd'], 220_000, (input) => ({
    command: [requireProgram('zstd'), '-q', '-19', '-T2', '-f', input, '-o', 'lines.zst'],
    outputs: ['lines.zst'],
  })),
  {
    name: 'bwa',
    about: 'indexing a genome: large tables in memory, several outputs at the end',
    expectedSeconds: 7,
    requires: ['bwa'],
    prepare(directory, { scale }) {
      writeGenome(join(directory, 'genome.fa'), Math.ceil(13_000_000 * scale), 3);
      const outputs = ['amb', 'ann', 'bwt', 'pac', 'sa'].map((ending) => `genome.fa.${ending}`);
      return Promise.resolve({ command: [requireProgram('bwa'), 'index', 'genome.fa'], outputs });
    },
  },
  {
    name: 'ledger',
    about: 'SQLite in its default journal mode, which looks whether the database is the same inode',
    expectedSeconds: 5,
    requires: ['/usr/bin/python3'],
    async prepare(directory, { scale }) {
      await copyProgram('ledger.py', directory);
      const command = [requireProgram('/usr/bin/python3'), 'ledger.py', String(Math.ceil(7000 * scale)), 'ledger.db', 'ledger.txt'] as const;
      return { command, outputs: ['ledger.txt'] };
    },
  },
  {
    name: 'sqlite',
    about: 'transactions in a database with a write-ahead log, file locks and shared mappings',
    expectedSeconds: 6,
    requires: ['sqlite3'],
    async prepare(directory, { scale }) {
      await copyProgram('transactions.sql.sh', directory);
      const { stdout } = await run('/bin/sh', ['transactions.sql.sh', String(Math.ceil(3500 * scale))], { cwd: directory, maxBuffer: 1e8 });
      await writeFile(join(directory, 'transactions.sql'), stdout);
      const line = 'rm -f bank.db*; sqlite3 bank.db < transactions.sql > journal.txt && sqlite3 bank.db "PRAGMA integrity_check" .dump > dump.sql';
      return { command: ['/bin/sh', '-c', line], outputs: ['dump.sql', 'journal.txt'] };
    },
  },
];
