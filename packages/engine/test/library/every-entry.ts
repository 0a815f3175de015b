// Every published entry: its types and those that they need have to be there.
import type * as catalog from '@holdfast/catalog';
import type * as mysql from '@holdfast/catalog/mysql';
import type * as postgres from '@holdfast/catalog/postgres';
import type * as redis from '@holdfast/catalog/redis';
import type * as sqlite from '@holdfast/catalog/sqlite';
import type * as core from '@holdfast/core';
import type * as basics from '@holdfast/core/basics';
import type * as local from '@holdfast/driver-local';
import type * as engine from '@holdfast/engine';
import type * as store from '@holdfast/store';
import type * as twin from '@holdfast/twin';

export type Entries = [
  typeof catalog,
  typeof mysql,
  typeof postgres,
  typeof redis,
  typeof sqlite,
  typeof core,
  typeof basics,
  typeof local,
  typeof engine,
  typeof store,
  typeof twin,
];
