// What a run of Holdfast does with its staged images, as a process of its own; JavaScript, so that no figure holds the stripping of types:
// holdfast-runner create REPOSITORY | store REPOSITORY IMAGES [PREVIOUS] | restore REPOSITORY TARGET
// PREVIOUS is where the images of the snapshot before still lie. `store` prints {"changedPages", "storedBytes"}: the pages that went into blocks, and the blocks' bytes.
// With a key of 32 bytes in the file that HOLDFAST_BENCH_KEY_FILE names, the repository is encrypted.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RebuiltImages, StagedImages } from '@holdfast/engine/internal';
import { openRepository } from '@holdfast/store';

const job = 'bench';
const [command, repository = '', folder = '', previousFolder] = process.argv.slice(2);
const keyFile = process.env['HOLDFAST_BENCH_KEY_FILE'];
const encryption = keyFile === undefined ? {} : { encryptionKey: await readFile(keyFile) };
await using store = await openRepository({ root: resolve(repository), create: command === 'create', ...encryption });

if (command === 'store') {
  const epoch = await store.claim(job, { attempt: `attempt-${process.pid}`, host: 'bench', pid: process.pid }, { kind: 'newest' });
  await using writer = await store.begin(epoch, epoch.from);
  const olds = previousFolder === undefined ? [] : await new StagedImages(previousFolder).objects();
  const previous = new Map(olds.map((object) => [object.key, object]));
  let changedPages = 0;
  for (const object of await new StagedImages(folder).objects())
    changedPages += (await writer.put({ ...object, previous: previous.get(object.key) })).changedPages;
  const { outcome, summary } = await writer.commit({});
  if (outcome !== 'committed') throw new Error(`the snapshot is ${outcome}`);
  console.log(JSON.stringify({ changedPages, storedBytes: summary.storedBytes }));
} else if (command === 'restore') {
  const { newest } = await store.state(job);
  if (newest === undefined) throw new Error(`there is no snapshot in ${repository}`);
  await using reader = await store.open({ job, number: newest });
  await new RebuiltImages(folder).write(reader);
} else if (command !== 'create') throw new Error(`holdfast-runner does not know ${command}`);
