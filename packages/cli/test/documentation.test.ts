import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../src/exit-codes.js';
import { commandDefinitions } from '../src/line/command-definitions.js';
import { commonOptions } from '../src/line/common-options.js';

const text = readFileSync(resolve(import.meta.dirname, '../../../docs/cli.md'), 'utf8');
const visible = commandDefinitions.filter(({ hidden }) => hidden !== true);

test.each([...commonOptions, ...visible.flatMap(({ options }) => options)])('docs/cli.md has --$name and its variable and values', (option) => {
  expect(text).toContain(`--${option.name}`);
  for (const word of [option.variable, ...(option.choices ?? [])]) if (word !== undefined) expect(text).toContain(word);
});

test.each(visible)('docs/cli.md has the command $name', ({ name }) => expect(text).toMatch(new RegExp(`\\[\`${name}[^\`]*\`\\]`, 'u')));

test.each(Object.entries(exitCodes))('docs/cli.md has the status of %s', (_name, status) => expect(text).toContain(`| ${status} |`));

test.each(visible)('$name has two or three examples', ({ examples }) => {
  expect(examples.length).toBeGreaterThanOrEqual(2);
  expect(examples.length).toBeLessThanOrEqual(3);
});
