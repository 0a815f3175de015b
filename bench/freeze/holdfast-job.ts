import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HeldRun, textField } from '@holdfast/testkit/victims';
import { untilBeating } from '../heartbeat/watch.ts';
import { holdfast, holdfastOn } from '../holdfast/bench-machine.ts';
import { endRun } from '../holdfast/end-run.ts';
import { memoryFrom } from './dump-way.ts';
import { heartbeatArguments, type JobShape } from './job-shape.ts';
import type { JobPlace, MeasuredJob } from './measured-job.ts';

type HoldfastWay = 'staged-tmpfs' | 'staged-disk' | 'twin';

const deadlineMs = 300_000;
/** Memory images go to the disk where /dev/shm has no room, and this one has none: in mounts of its own. */
const withoutMemory: readonly [string, ...string[]] = [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  'sh',
  '-c',
  'mount -t tmpfs -o size=1m none /dev/shm && exec "$@"',
  'sh',
];

/** The program under `holdfast run`, with nothing but snapshots on request. `options`: what `holdfast run` knows. */
export async function startHoldfastJob(place: JobPlace, shape: JobShape, way: HoldfastWay, options: ReadonlySet<string>): Promise<MeasuredJob> {
  const [work, logs, state] = ['work', 'logs', 'state'].map((name) => join(place.folder, name)) as [string, string, string];
  for (const folder of [work, logs]) await mkdir(folder, { recursive: true });
  // The job has a /tmp of its own, in which it sees its working directory and nothing else of ours.
  await copyFile(place.program, join(work, 'heartbeat'));
  const memory = options.has('--memory') ? ['--memory', way === 'twin' ? 'twin' : 'staged'] : [];
  const run = new HeldRun(
    {
      holdfast: way === 'staged-disk' ? [...withoutMemory, ...holdfast] : holdfast,
      stateDirectory: state,
      job: 'bench',
      interval: '1d',
      more: [...memory, '--keep', '1'],
      workingDirectory: work,
      command: ['./heartbeat', ...heartbeatArguments(shape, 'report')],
      logs,
    },
    1,
  );
  await using stop = new AsyncDisposableStack();
  stop.defer(() => endRun(run));
  const report = join(work, 'report');
  await untilBeating(report);
  await run.until(() => run.has('job.started'), deadlineMs);
  const pid = run.view()?.pidsOf('main')[0];
  if (pid === undefined) throw new Error(`the job is not to be found; logs are in ${logs}`);
  const owned = stop.move();
  return {
    report,
    pid,
    async dump() {
      const told = run.count('snapshot.committed');
      await holdfastOn({ stateDirectory: state, environment: {} }, 'snapshot', 'bench');
      if (!(await run.until(() => run.count('snapshot.committed') > told, deadlineMs))) throw new Error(`no snapshot was told; logs are in ${logs}`);
      const event = run.last('snapshot.committed');
      const from = event === undefined ? undefined : textField(event, 'memoryFrom');
      if (from === memoryFrom[way] || (from === undefined && way !== 'twin')) return;
      const refused = event === undefined ? undefined : textField(event, 'twinRefused');
      throw new Error(`its memory came from ${from ?? 'nowhere it says'}${refused === undefined ? '' : `, since the twin was refused: ${refused}`}`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
