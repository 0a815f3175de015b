import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import { local } from '@holdfast/driver-local';
// The built package: it starts programs that lie beside it.
import { openDeployment } from '../../dist/index.js';

/** Resumes the job of a workshop lazily in a process that can be killed: `run-in-child.ts WORKSHOP SCRIPT`. Says `resumed` when the job runs. */
const [directory = '', script = ''] = process.argv.slice(2);
const tools = { criu: process.env['HOLDFAST_CRIU'], runc: process.env['HOLDFAST_RUNC'], native: process.env['HOLDFAST_NATIVE'] };
const config = { storage: { type: 'local', path: join(directory, 'storage') }, stateDirectory: join(directory, 'a'), tools };
await using deployment = await openDeployment({ drivers: [local()], catalogs: [sqlite()], config });
const run = await deployment.run({
  job: 'job',
  command: ['bash', '-c', script],
  workingDirectory: join(directory, 'work'),
  environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
  interval: 3_600_000,
  resume: 'lazy',
});
process.stdout.write('resumed\n');
await run.result;
