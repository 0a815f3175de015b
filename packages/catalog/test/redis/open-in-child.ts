// A process that opens the catalog, tries for the lease of one job and tells whether it got it.
import { redis } from '@holdfast/catalog/redis';

const [, , url = '', attempt = ''] = process.argv;
const plugin = redis({ environment: process.env });
await using store = await plugin.open(plugin.configFromUrl(url));
const outcome = await store.acquireLease('job', { attempt, host: 'h', bootId: 'b', pid: process.pid, startTicks: 1 }, 60_000);
process.stdout.write(outcome.acquired ? 'won' : `lost to ${outcome.current.holder.attempt}`);
