// Validates configuration files against the published JSON Schema, as an editor or a deployment tool would. Arguments: the files.
import { readFile } from 'node:fs/promises';
import { sqlite } from '@holdfast/catalog/sqlite';
import { deploymentJsonSchema } from '@holdfast/core';
import { local } from '@holdfast/driver-local';
import { Ajv2020 } from 'ajv/dist/2020.js';

const ajv = new Ajv2020({ strict: true, allErrors: true });
const isValid = ajv.compile(deploymentJsonSchema({ drivers: [local()], catalogs: [sqlite()] }));
for (const file of process.argv.slice(2)) {
  const document: unknown = JSON.parse(await readFile(file, 'utf8'));
  console.log(isValid(document) ? 'valid' : `invalid ${ajv.errorsText(isValid.errors)}`);
}
