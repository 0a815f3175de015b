import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bucketUrl } from '../../src/config-bucket.js';
import type { Setup } from '../../src/setup.js';
import { aConfig } from './a-config.js';
import { type FakeBucket, fakeBucket } from './fake-bucket.js';

export interface FakeJuicefs extends AsyncDisposable {
  readonly setup: Setup;
  readonly bucket: FakeBucket;
  /** The arguments of each call so far. */
  calls(): Promise<readonly string[]>;
  /** Process numbers of the clients that were started. */
  mounting(): Promise<readonly number[]>;
  /** What `status` tells from now on, with what is different; undefined: `not formatted`. */
  tell(
    uuid: string | undefined,
    different?: { readonly setting?: object; readonly sessions?: readonly object[]; readonly whole?: object },
  ): Promise<void>;
  /** A line of shell that `format` and `destroy` run after their work. */
  after(line: string): Promise<void>;
}

/** A juicefs program that knows `status`, `format` and `destroy`, on a bucket in memory; its `mount` never comes to an end. */
export async function fakeJuicefs(): Promise<FakeJuicefs> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-fake-juicefs-'));
  const program = join(folder, 'juicefs');
  const bucket = fakeBucket();
  const mount = { path: join(folder, 'mount'), logFile: join(folder, 'log') };
  const config = aConfig({ program, mount, stateDirectory: join(folder, 'state') });
  const status = (
    UUID: string,
    { setting = {}, sessions = [], whole = {} }: { setting?: object; sessions?: readonly object[]; whole?: object } = {},
  ): string =>
    JSON.stringify({
      ...whole,
      Sessions: sessions,
      Setting: {
        Name: config.name,
        UUID,
        Storage: 's3',
        Bucket: bucketUrl(config.bucket),
        BlockSize: config.format.blockSizeBytes / 1024,
        Compression: config.format.compression,
        TrashDays: config.format.trashDays,
        ...setting,
      },
    });
  await writeFile(join(folder, 'formatted'), status('made'));
  await writeFile(join(folder, 'after'), '');
  await writeFile(
    program,
    `#!/bin/sh
cd '${folder}'; echo "$*" >> calls
case "$1" in
status) [ -e volume ] && exec cat volume; echo '<FATAL>: database is not formatted' >&2; exit 1;;
format) cp formatted volume;;
destroy) rm volume;;
mount) echo $$ >> mounting; sleep 1000;;
esac
. ./after
`,
  );
  await chmod(program, 0o755);
  return {
    setup: { config, sources: { environment: process.env }, buckets: () => bucket.client },
    bucket,
    calls: async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n'),
    mounting: async () => (await readFile(join(folder, 'mounting'), 'utf8').catch(() => '')).split('\n').slice(0, -1).map(Number),
    tell: async (uuid, different) => {
      if (uuid === undefined) await rm(join(folder, 'volume'), { force: true });
      else await writeFile(join(folder, 'volume'), status(uuid, different));
    },
    after: (line) => writeFile(join(folder, 'after'), `${line}\n`),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
