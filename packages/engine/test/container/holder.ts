// A Holdfast that is meant to be killed: starts or restores one container and says what it is doing, a word a line.
// Runs the built package, since it must be a process of its own.
import { join } from 'node:path';
import { type ContainerOptions, type RestoreContainerOptions, restoreContainer, startContainer } from '../../dist/container/running-container.js';

interface Task {
  readonly options: ContainerOptions;
  readonly dumps: number;
  readonly restore?: Omit<RestoreContainerOptions, keyof ContainerOptions>;
}

// eslint-disable-next-line typescript/no-unsafe-type-assertion -- written by the test that starts this
const { options, restore, dumps } = JSON.parse(process.argv[2] ?? '') as Task;
const say = (word: string): void => void process.stdout.write(`${word}\n`);
const streams = { stdin: 0, stdout: 3, stderr: 2 };
say('starting');
const container = restore === undefined ? await startContainer({ ...options, streams }) : await restoreContainer({ ...options, ...restore, streams });
say('running');
for (let number = 0; number < dumps; number++) {
  const folder = join(options.runDirectory, `dump-${number}`);
  const dump = await container.prepareDump({ imagesDir: join(folder, 'images'), workDir: join(folder, 'work'), deadlineMs: 60_000 });
  say('prepared');
  await container.freeze();
  say('frozen');
  await dump.run();
  say('dumped');
  await container.thaw();
  say('thawed');
}
await container.exited;
