import { deploymentJsonSchema } from '@holdfast/core';
import { expect, test } from 'vitest';

const schema = deploymentJsonSchema({
  drivers: [{ configSchema: { $schema: 'x', type: 'object', properties: { type: { const: 'local' } } } }],
  catalogs: [{ configSchema: { type: 'object', properties: { type: { const: 'sqlite' } } } }],
});

test('the plugins’ schemas are its sections', () => {
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    additionalProperties: false,
    properties: {
      storage: { oneOf: [{ type: 'object', properties: { type: { const: 'local' } } }] },
      catalog: { oneOf: [{ properties: { type: { const: 'sqlite' } } }] },
    },
  });
  expect(JSON.stringify(schema)).not.toContain('"x"');
});

test('defaults are written as they are typed', () => {
  expect(schema).toMatchObject({
    properties: { job: { properties: { interval: { default: '15m', type: 'string' }, keep: { default: 3, maximum: 1000 } } } },
  });
});
