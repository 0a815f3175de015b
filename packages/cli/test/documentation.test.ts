import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deploymentConfigSchema } from '@holdfast/core';
import { expect, test } from 'vitest';
import { exitCodes } from '../src/exit-codes.js';
import { commandDefinitions } from '../src/line/command-definitions.js';
import { commonOptions } from '../src/line/common-options.js';
import { plugins } from '../src/plugins.js';

const read = (file: string): string => readFileSync(resolve(import.meta.dirname, '../../../docs', file), 'utf8');
const text = read('cli.md');
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

test('the whole configuration of docs/agent.md is one, with a section agent', async () => {
  const [, example = ''] = /```json\n(.*?)```/su.exec(read('agent.md')) ?? [];
  const config = deploymentConfigSchema.parse(JSON.parse(example));
  expect(config.agent).toMatchObject({ namespace: 'team-a', storageUnknown: 'fail', metrics: { listen: { port: 9464 } } });
  const { drivers, catalogs } = await plugins({}, 'local');
  const sections = [[drivers, config.storage] as const, [catalogs, config.catalog] as const];
  for (const [all, section] of sections) {
    const schema = all.find(({ type }) => type === section.type)?.configSchema;
    expect(schema).toMatchObject({ properties: Object.fromEntries(Object.keys(section).map((name) => [name, expect.anything()])) });
  }
});
