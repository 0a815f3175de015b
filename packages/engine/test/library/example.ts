// What a platform team writes. Compiled and run by library.live.test.ts from packed tarballs, outside the workspace.
// Arguments: the configuration file, the job's working directory.
import { sqlite } from '@holdfast/catalog/sqlite';
import { local } from '@holdfast/driver-local';
import { openDeployment, type RunRequest } from '@holdfast/engine';

const [config = './holdfast.json', workingDirectory = '/'] = process.argv.slice(2);

await using deployment = await openDeployment({ drivers: [local()], catalogs: [sqlite()], config });
const report = await deployment.doctor();
if (!report.ok) throw report.toError();
await deployment.storage.provision({ onProgress: ({ step }) => console.log(`provision ${step}`) });
await deployment.attach();

const align: RunRequest = {
  job: 'align-7',
  command: ['/bin/sh', './align.sh'],
  workingDirectory,
  environment: { PATH: '/usr/bin:/bin' },
  interval: '2s',
  keep: 3,
  onRestoreFailure: 'older',
};

// The first attempt is stopped after its second snapshot, as a reclaimed machine would stop it.
const first = await deployment.run(align);
let snapshots = 0;
for await (const event of first.events()) {
  if (event.type === 'snapshot.failed') throw new Error(event.message);
  if (event.type === 'snapshot.committed') {
    console.log(`frozen for ${event.freezeMs} ms`);
    snapshots += 1;
  }
  if (snapshots === 2) break;
}
const stopped = await first.stop();
console.log(`first: ${stopped.outcome}, snapshot ${stopped.lastSnapshot}`);

// The same request goes on where the first attempt was.
const second = await deployment.run(align);
const result = await second.result;
console.log(`second: ${result.outcome} ${result.exitCode}, resumed from ${result.resumedFrom}`);

const { ok, problems } = await deployment.jobs.verify('align-7');
console.log(`verify: ${ok ? 'ok' : problems.map(({ message }) => message).join('; ')}`);
const { items } = await deployment.jobs.list({ prefix: 'align' });
console.log(`jobs: ${items.map(({ job, status }) => `${job} ${status}`).join(', ')}`);
