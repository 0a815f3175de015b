import { isHoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { parseLine } from '../../src/line/parse-line.js';

test.each([
  [
    ['run', './job', '--job', 'x'],
    ['./job', '--job', 'x'],
  ],
  [
    ['run', '--', './job', '--job', 'x', '--', 'y'],
    ['./job', '--job', 'x', '--', 'y'],
  ],
  [
    ['run', './job', '--', 'y'],
    ['./job', '--', 'y'],
  ],
  [
    ['run', '--interval', '2s', './job', '-q', '--json'],
    ['./job', '-q', '--json'],
  ],
  [['--json', 'run', '--', '--strange'], ['--strange']],
])('the job of %j is %j', (argv, words) => {
  expect(parseLine(argv)).toMatchObject({ kind: 'command', command: 'run', words });
});

test('takes options before and after the command; the later one wins', () => {
  const parsed = parseLine(['--storage', '/a', '-q', 'list', '--storage=/b', '--prefix', 'x']);
  expect(parsed).toMatchObject({
    command: 'list',
    values: new Map([
      ['storage', { origin: '--storage', value: '/b' }],
      ['quiet', { origin: '--quiet', value: 1 }],
      ['prefix', { origin: '--prefix', value: 'x' }],
    ]),
  });
});

test('counts -q, and collects repeated options', () => {
  const parsed = parseLine(['run', '-qq', '--track', '/a', '--track=/b', '--', 'x']);
  expect(parsed).toMatchObject({
    values: new Map<string, unknown>([
      ['track', { origin: '--track', value: ['/a', '/b'] }],
      ['quiet', { origin: '--quiet', value: 2 }],
    ]),
  });
});

test.each([
  [['run', '--jbo', 'x'], "unknown option '--jbo'", 'Did you mean --job?'],
  [['list', '--statsu', 'x'], "unknown option '--statsu'", 'Did you mean --status?'],
  [['shwo', 'x'], "unknown command 'shwo'", 'Did you mean show?'],
  [['list', '--zzzzzz'], "unknown option '--zzzzzz'", "'holdfast list --help' lists what there is"],
  [['show'], "missing required argument 'JOB'", "'holdfast show --help' lists what there is"],
  [['show', 'a', 'b'], "'show' takes one argument, but was given: a, b", "'holdfast show --help' lists what there is"],
  [['list', 'a'], "'list' takes no argument, but was given: a", "'holdfast list --help' lists what there is"],
  [['events', 'x'], "unknown command 'events'", "Did you mean holdfast show JOB --events 20? 'holdfast --help' lists what there is"],
  [['status'], "unknown command 'status'", 'Did you mean holdfast show JOB?'],
  [['logs'], "unknown command 'logs'", 'Did you mean holdfast show JOB --events 20?'],
  [['help', 'events'], "unknown command 'events'", 'Did you mean holdfast show JOB --events 20?'],
  [['help', 'shwo'], "unknown command 'shwo'", 'Did you mean show?'],
  [['help', 'zzzzzz'], "unknown command 'zzzzzz'", "'holdfast --help' lists what there is"],
  [['run', '--job', '--', 'x'], "option '--job' needs a value, NAME", "'holdfast run --help' lists what there is"],
  [['run', '--job'], "option '--job' needs a value, NAME", "'holdfast run --help' lists what there is"],
])('refuses %j: %s', (argv, message, hint) => {
  const error = refusal(argv);
  expect(error.code).toBe('HF_USAGE');
  expect(error.message).toContain(message);
  expect(error.hint).toContain(hint);
});

test('names the command that a wrong line was for', () => {
  expect(refusal(['run', '--nope', 'x']).context).toEqual({ command: 'run' });
  expect(refusal(['--nope']).context).toEqual({});
});

test.each([[['--help']], [['help']], [['run', '--help']], [['help', 'run']]])('%j asks for help', (argv) => {
  expect(parseLine(argv)).toMatchObject({ kind: 'help', asked: true });
});

test('an empty line shows the help unasked', () => expect(parseLine([])).toMatchObject({ kind: 'help', asked: false }));

test('--version among other options', () => expect(parseLine(['--json', '--version'])).toEqual({ kind: 'version' }));

function refusal(argv: readonly string[]) {
  try {
    parseLine(argv);
  } catch (error) {
    if (isHoldfastError(error)) return error;
  }
  throw new Error('it was not refused');
}
