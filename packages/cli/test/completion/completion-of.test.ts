import { expect, test } from 'vitest';
import { completionOf } from '../../src/completion/completion-of.js';

const values = (words: readonly string[]) => completionOf(words).candidates.map(({ value }) => value);

test.each([
  [['sn'], ['snapshot']],
  [
    ['help', 'r'],
    ['run', 'remove'],
  ],
  [['run', '--on'], ['--on-restore-failure']],
  [
    ['run', '--tcp', ''],
    ['close', 'keep'],
  ],
  [['run', '--tcp=k'], ['--tcp=keep']],
  [['list', '--status', 'i'], ['interrupted']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['storage', 'de'],
    ['detach', 'destroy'],
  ],
  [['--json', 'ver'], ['verify']],
  [['--storage', '/x', 'pr'], ['prune']],
  [['nope', ''], []],
])('%j offers %j', (words, offered) => expect(values(words)).toEqual(offered));

test('the hidden command is not offered', () => {
  expect(values([''])).toEqual([
    'run',
    'list',
    'show',
    'verify',
    'snapshot',
    'stop',
    'prune',
    'remove',
    'fork',
    'export',
    'import',
    'key',
    'storage',
    'catalog',
    'agent',
    'install',
    'uninstall',
    'doctor',
    'completion',
    'help',
  ]);
});

test.each([
  [['show', 'al'], 'job', 'al', ''],
  [['run', '--job=al'], 'job', 'al', '--job='],
  [['prune', '--keep', '3', ''], 'job', '', ''],
  [['--storage', '/v'], 'directory', '/v', ''],
  [['run', '--track', ''], 'file', '', ''],
] as const)('%j is completed with a %s', (words, source, prefix, before) => {
  expect(completionOf(words)).toMatchObject({ source, prefix, before });
});

test.each([
  [['run', '--', 'l'], 2],
  [['run', './job', '--j'], 1],
  [['run', '-q', './j'], 2],
  [['run', '--job', 'x', '--', 'ls', '-'], 4],
] as const)('in %j a command of its own begins at word %i', (words, commandAt) => {
  expect(completionOf(words)).toMatchObject({ source: 'command', commandAt });
});

test('a job has no second name', () => expect(completionOf(['show', 'a', ''])).toMatchObject({ candidates: [], source: undefined }));
