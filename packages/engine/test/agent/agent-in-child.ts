import { sqlite } from '@holdfast/catalog/sqlite';
import { local } from '@holdfast/driver-local';
// The built package: it starts programs that lie beside it.
import { openDeployment } from '../../dist/index.js';

/** An agent in a process of its own, which can be killed: `agent-in-child.ts CONFIGURATION [first]`. The first one of a storage provisions it. Says `ready` when it serves; ends in order by SIGTERM. */
const [, , config = '', first] = process.argv;
const say = (level: string) => (fields: unknown, text?: string) => process.stderr.write(`${level} ${text ?? ''} ${JSON.stringify(fields)}\n`);
const logger = { debug: () => undefined, info: say('info'), warn: say('warn'), error: say('error') };
await using deployment = await openDeployment({ drivers: [local()], catalogs: [sqlite()], config }, { logger });
if (first === 'first') await deployment.storage.provision();
await using _agent = await deployment.serveAgent();
process.stdout.write('ready\n');
await new Promise((resolve) => process.once('SIGTERM', resolve));
