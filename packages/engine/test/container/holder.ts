// A Holdfast that is meant to be killed: starts or restores one container and says what it is doing, a word a line.
// Runs the built package, since it must be a process of its own.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeProcesses } from '../../dist/container/job-processes.js';
import { type ContainerOptions, type RestoreContainerOptions, restoreContainer, startContainer } from '../../dist/container/running-container.js';

interface Task {
  readonly options: ContainerOptions;
  readonly dumps: number;
  /** The word after which it does nothing more. */
  readonly stopAt?: string;
  readonly restore?: Omit<RestoreContainerOptions, keyof ContainerOptions>;
}

// eslint-disable-next-line typescript/no-unsafe-type-assertion -- written by the test that starts this
const { options, restore, dumps, stopAt } = JSON.parse(process.argv[2] ?? '') as Task;
const say = async (word: string): Promise<void> => {
  process.stdout.write(`${word}\n`);
  if (word === stopAt) await delay(1_000_000);
};
const streams = { stdin: 0, stdout: 3, stderr: 2 };
// As Holdfast does, which takes it as a wish.
process.on('SIGINT', () => undefined);
await say('starting');
const container = restore === undefined ? await startContainer({ ...options, streams }) : await restoreContainer({ ...options, ...restore, streams });
await say('running');
for (let number = 0; number < dumps; number++) {
  const folder = join(options.runDirectory, `dump-${number}`);
  const dump = await container.prepareDump({ imagesDir: join(folder, 'images'), workDir: join(folder, 'work'), deadlineMs: 60_000 });
  await say('prepared');
  await container.freeze();
  await say('frozen');
  await dump.run(describeProcesses(await container.processes(), container.initPid));
  await say('dumped');
  await container.thaw();
  await say('thawed');
}
await container.exited;
