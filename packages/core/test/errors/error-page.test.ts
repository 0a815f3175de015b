import { readFileSync } from 'node:fs';
import { errorCodes } from '@holdfast/core';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const sections = page.split(/^## /mu).slice(1);

test('docs/errors.md has a heading for every code, and for nothing else', () => {
  const headings = sections.map((section) => section.split('\n')[0] ?? '');
  expect([...headings].sort()).toEqual([...errorCodes].sort());
});

test('every heading has a cause and what to do', () => {
  for (const section of sections) {
    const [code] = section.split('\n');
    expect(section, code).toMatch(/\n\*\*Cause\.\*\* \S/u);
    expect(section, code).toMatch(/\n\*\*What to do\.\*\* \S/u);
  }
});
