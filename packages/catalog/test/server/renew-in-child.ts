// A process that takes the lease of one job for a second, renews it when told to, once more when told again, and tells what it heard.
import process from 'node:process';
import { createInterface } from 'node:readline';
import { mysql } from '@holdfast/catalog/mysql';
import { postgres } from '@holdfast/catalog/postgres';
import { isHoldfastError } from '@holdfast/core';

const [, , section = ''] = process.argv;
const config = JSON.parse(section) as { readonly type: string };
const sources = { environment: process.env };
const plugin = config.type === 'mysql' ? mysql(sources) : postgres(sources);
await using store = await plugin.open(config);
const outcome = await store.acquireLease('job', { attempt: 'a', host: 'h', bootId: 'b', pid: process.pid, startTicks: 1 }, 1000);
if (!outcome.acquired) throw new Error('a free lease was not given');
process.stdout.write('acquired\n');
let told = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  told += 1;
  const heard = await store.renewLease(outcome.lease, 1000).then(
    ({ term }) => `renewed term ${term}`,
    (error: unknown) => (isHoldfastError(error) ? error.code : String(error)),
  );
  process.stdout.write(`${heard}\n`);
  if (told === 2) break;
}
