// A process that makes a catalog anew and tells how far it is.
import process from 'node:process';
import { sqlite } from '@holdfast/catalog/sqlite';
import { silentLogger } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { rebuildCatalog } from '../../dist/catalog/rebuild.js';

const [, , root = '', path = ''] = process.argv;
await using store = await openRepository({ root });
await using catalog = await sqlite().open({ type: 'sqlite', path });
await rebuildCatalog({ store, catalog, logger: silentLogger }, { onProgress: ({ done }) => void process.stdout.write(`done ${done}\n`) });
