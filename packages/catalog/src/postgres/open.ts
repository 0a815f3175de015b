import { openServer } from '../server/open-server.js';
import type { OpenServer } from '../server/server-catalog.js';
import { postgresClient } from './client.js';
import { postgresDialect } from './dialect.js';
import { postgresFlavour } from './flavour.js';

const engine = { client: postgresClient, dialect: postgresDialect, flavour: postgresFlavour };

/** Opens a catalog on PostgreSQL; everything that needs its client library. */
export const open: OpenServer = (config, sources, options) => openServer(engine, config, sources, options);
