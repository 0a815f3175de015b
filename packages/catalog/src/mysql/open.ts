import { openServer } from '../server/open-server.js';
import type { OpenServer } from '../server/server-catalog.js';
import { mysqlClient } from './client.js';
import { mysqlDialect } from './dialect.js';
import { mysqlFlavour } from './flavour.js';

const engine = { client: mysqlClient, dialect: mysqlDialect, flavour: mysqlFlavour };

/** Opens a catalog on MySQL; everything that needs its client library. */
export const open: OpenServer = (config, sources, options) => openServer(engine, config, sources, options);
