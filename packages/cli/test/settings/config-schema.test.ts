import { resolve } from 'node:path';
import { deploymentJsonSchema } from '@holdfast/core';
import { expect, test } from 'vitest';
import { plugins } from '../../src/plugins.js';

test('docs/holdfast.schema.json is the schema of this build (vitest --update writes it)', async () => {
  const file = resolve(import.meta.dirname, '../../../../docs/holdfast.schema.json');
  await expect(`${JSON.stringify(deploymentJsonSchema(await plugins({})), null, 2)}\n`).toMatchFileSnapshot(file);
});
