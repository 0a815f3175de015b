// A process that opens the catalog, tries for the lease of one job and tells whether it got it.
import { sqlite } from '@holdfast/catalog/sqlite';

const [, , path = '', attempt = ''] = process.argv;
await using store = await sqlite().open({ type: 'sqlite', path });
const outcome = await store.acquireLease('job', { attempt, host: 'h', bootId: 'b', pid: process.pid, startTicks: 1 }, 60_000);
process.stdout.write(outcome.acquired ? 'won' : `lost to ${outcome.current.holder.attempt}`);
