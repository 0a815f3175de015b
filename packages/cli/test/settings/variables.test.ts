import { expect, test } from 'vitest';
import { commandDefinitions } from '../../src/line/command-definitions.js';
import { commonOptions } from '../../src/line/common-options.js';
import { withVariables } from '../../src/settings/variables.js';

const definitions = [...(commandDefinitions[0]?.options ?? []), ...commonOptions];

test('reads every kind of option from its variable', () => {
  const values = withVariables(new Map(), definitions, {
    HOLDFAST_JOB: 'align-7',
    HOLDFAST_TRACK: '/a::/b',
    HOLDFAST_LABELS: 'a=1,b=2',
    HOLDFAST_FRESH: 'true',
    HOLDFAST_QUIET: '2',
    HOLDFAST_JSON: 'false',
    HOLDFAST_KEEP: '',
  });
  expect(Object.fromEntries([...values].map(([name, { value }]) => [name, value]))).toEqual({
    job: 'align-7',
    track: ['/a', '/b'],
    label: ['a=1', 'b=2'],
    fresh: 1,
    quiet: 2,
    json: 0,
  });
});

test.each([
  ['HOLDFAST_JSON', 'yes'],
  ['HOLDFAST_JSON', '2'],
  ['HOLDFAST_QUIET', '3'],
])('refuses %s=%s by name', (variable, text) => {
  expect(() => withVariables(new Map(), definitions, { [variable]: text })).toThrow(`${variable} is '${text}'`);
});

test('every setting of run and every common one has a variable', () => {
  expect(definitions.filter(({ variable }) => variable === undefined)).toEqual([]);
});
