import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bashScript } from '../../src/completion/bash-script.js';

const main = resolve(import.meta.dirname, '../../lib/main.js');
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-cli-bash-'));
  await writeFile(join(directory, 'holdfast'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 });
  await writeFile(join(directory, 'script'), bashScript);
  await writeFile(join(directory, 'a file'), '');
});

afterAll(() => rm(directory, { recursive: true }));

/** What bash would offer for the last of these words, which are split as bash splits them. */
function offered(words: readonly string[]): readonly string[] {
  const code = `. ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync('bash', ['--norc', '-c', code, 'bash', './holdfast', ...words], { cwd: directory, encoding: 'utf8', timeout: 15_000 });
  return stdout.split('\n').filter((line) => line !== '');
}

test.each([
  [['sho'], ['show']],
  [['run', '--jo'], ['--job']],
  [
    ['run', '--tcp', ''],
    ['close', 'keep'],
  ],
  [
    ['run', '--tcp', '='],
    ['close', 'keep'],
  ],
  [['run', '--tcp', '=', 'k'], ['keep']],
  [['run', '--label', 'a', '=', 'b', '--fre'], ['--fresh']],
  [['run', '--track', 'a'], ['a file']],
  [['run', '--', './job', 'a'], ['a file']],
  [['completion', 'b'], ['bash']],
])('%j offers %j', (words, expected) => expect(offered(words)).toEqual(expected));

test('nothing that was typed is evaluated', () => {
  expect(offered(['run', '--job', '$(touch evaluated)', '--fre'])).toEqual(['--fresh']);
  expect(spawnSync('ls', [directory], { encoding: 'utf8' }).stdout).not.toContain('evaluated');
});
