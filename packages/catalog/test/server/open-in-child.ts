// A process that opens a catalog of a section with its password in a variable, tries for the lease of one job and tells whether it got it.
import process from 'node:process';
import { mysql } from '@holdfast/catalog/mysql';
import { postgres } from '@holdfast/catalog/postgres';

const [, , section = '', attempt = ''] = process.argv;
const config = JSON.parse(section) as { readonly type: string };
const sources = { environment: process.env };
const plugin = config.type === 'mysql' ? mysql(sources) : postgres(sources);
await using store = await plugin.open(config);
const outcome = await store.acquireLease('job', { attempt, host: 'h', bootId: 'b', pid: process.pid, startTicks: 1 }, 60_000);
process.stdout.write(outcome.acquired ? 'won' : `lost to ${outcome.current.holder.attempt}`);
