import { execFileSync, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LiveMachine, missingHere } from './support/live-line.js';

const holdfast = resolve(import.meta.dirname, '../../../bin/holdfast');
const missing = missingHere();
const here = missing === undefined || process.env['CI'] === 'true';

interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** As a user without rights, but that of reading the checkout wherever it lies; root's record of the tools is not found. */
function asNobody(words: readonly string[], environment: Readonly<Record<string, string>> = { HOLDFAST_NODE: process.execPath }): Said {
  const caps = ['--inh-caps=-all,+dac_read_search', '--ambient-caps=-all,+dac_read_search', '--bounding-set=-all,+dac_read_search'];
  const user = ['--reuid=65534', '--regid=65534', '--clear-groups', ...caps];
  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...environment };
  return spawnSync('setpriv', [...user, holdfast, ...words], { encoding: 'utf8', env, cwd: '/' });
}

describe.skipIf(!here)(here ? 'a user who is not root' : `a user who is not root (not here: ${missing})`, () => {
  let machine: LiveMachine;
  beforeAll(async () => {
    machine = await LiveMachine.create();
    expect(await machine.run('run', '--job', 'done', '--', 'true')).toMatchObject({ status: 0 });
    execFileSync('chown', ['-R', '65534:65534', machine.folder]);
  });
  afterAll(() => machine.remove());

  test.each([
    { words: ['--help'], says: 'Usage: holdfast' },
    { words: ['help', 'run'], says: '--interval' },
    { words: ['--version'], says: 'holdfast ' },
    { words: ['completion', 'bash'], says: '_holdfast()' },
  ])('gets $words', ({ words, says }) => {
    const said = asNobody(words);
    expect(said).toMatchObject({ status: 0, stderr: '' });
    expect(said.stdout).toContain(says);
  });

  test('reads a repository that is theirs', () => {
    const state = ['--state-dir', `${machine.folder}/state`];
    expect(asNobody(['list', ...state]).stdout).toMatch(/^done +succeeded/mu);
    expect(asNobody(['show', 'done', ...state])).toMatchObject({ status: 0, stdout: expect.stringContaining('succeeded (0)') as unknown });
  });

  test.each([
    { from: 'Holdfast', environment: { HOLDFAST_NODE: process.execPath } },
    { from: 'the script before it, where no Node is', environment: {} },
  ])('is refused a run in one sentence with its remedy, by $from', ({ environment }) => {
    expect(asNobody(['run', '--', 'true'], environment)).toEqual(
      expect.objectContaining({
        status: 125,
        stdout: '',
        stderr: `holdfast: this is user 65534, not root
  remedy: run it as root, for example with sudo: a job needs CAP_SYS_ADMIN and CAP_SYS_PTRACE
  code: HF_NOT_ROOT  (docs/errors.md#hf_not_root)
`,
      }),
    );
  });
});
