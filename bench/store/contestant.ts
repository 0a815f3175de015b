import { access, constants, mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PeerName } from './options.ts';

/** A command line as a shell runs it, with `set -e`, in the folder `cwd`. */
export interface Command {
  readonly script: string;
  readonly cwd: string;
}

/** One way to keep images. `place` is a folder of its own; all that it stores lies in `place/repository`. */
export interface Contestant {
  readonly name: PeerName;
  readonly programs: readonly string[];
  readonly environment: (place: string) => Readonly<Record<string, string>>;
  /** Not measured: an empty repository. */
  readonly prepare: (place: string) => Command;
  /** Snapshot `number`, 1 or 2. `previous` is where the images of the one before still lie. */
  readonly store: (place: string, images: string, number: number, previous: string | undefined) => Command;
  /** Snapshot 2, into the empty folder `target`. */
  readonly restore: (place: string, target: string) => Command;
}

const runner = fileURLToPath(new URL('holdfast-runner.mjs', import.meta.url));
const none = (): Readonly<Record<string, string>> => ({});
const nothing = (place: string): Command => ({ script: ':', cwd: place });

const holdfastLines = {
  create: holdfast('create', 'repository'),
  store: (cwd: string, images: string, _number: number, previous: string | undefined): Command => ({
    script: holdfast('store', 'repository', images, ...(previous === undefined ? [] : [previous])),
    cwd,
  }),
  restore: (cwd: string, target: string): Command => ({ script: holdfast('restore', 'repository', target), cwd }),
};

export const contestants: Readonly<Record<PeerName, Contestant>> = {
  holdfast: {
    name: 'holdfast',
    programs: [],
    environment: none,
    prepare: (cwd) => ({ script: holdfastLines.create, cwd }),
    store: holdfastLines.store,
    restore: holdfastLines.restore,
  },
  'holdfast-encrypted': {
    name: 'holdfast-encrypted',
    programs: ['head'],
    environment: (place) => ({ HOLDFAST_BENCH_KEY_FILE: join(place, 'key') }),
    prepare: (cwd) => ({ script: `head -c 32 /dev/urandom > key; ${holdfastLines.create}`, cwd }),
    store: holdfastLines.store,
    restore: holdfastLines.restore,
  },
  restic: {
    name: 'restic',
    programs: ['restic'],
    environment: (place) => ({ RESTIC_REPOSITORY: join(place, 'repository'), RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: join(place, 'cache') }),
    prepare: (cwd) => ({ script: 'restic init -q', cwd }),
    store: (_place, images) => ({ script: 'exec restic backup -q --host bench .', cwd: images }),
    restore: (cwd, target) => ({ script: `exec restic restore -q latest --target ${quoted(target)}`, cwd }),
  },
  borg: {
    name: 'borg',
    programs: ['borg'],
    environment: (place) => ({
      BORG_REPO: join(place, 'repository'),
      BORG_BASE_DIR: join(place, 'base'),
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
    }),
    prepare: (cwd) => ({ script: 'borg init -e none', cwd }),
    store: (_place, images, number) => ({ script: `exec borg create --compression zstd,1 ::${number} .`, cwd: images }),
    restore: (_place, target) => ({ script: 'exec borg extract ::2', cwd: target }),
  },
  'tar+zstd': {
    name: 'tar+zstd',
    programs: ['tar', 'zstd'],
    environment: none,
    prepare: nothing,
    store: (cwd, images, number) => ({ script: `tar -C ${quoted(images)} -cf - . | zstd -1 -T0 -q -o repository/${number}.tar.zst`, cwd }),
    restore: (cwd, target) => ({ script: `zstd -q -dc repository/2.tar.zst | tar -C ${quoted(target)} -xf -`, cwd }),
  },
  cp: {
    name: 'cp',
    programs: ['cp'],
    environment: none,
    prepare: nothing,
    store: (cwd, images, number) => ({ script: `exec cp -r ${quoted(images)} repository/${number}`, cwd }),
    restore: (cwd, target) => ({ script: `exec cp -r repository/2/. ${quoted(target)}`, cwd }),
  },
};

/** Encrypted or not. */
export function isHoldfast(name: PeerName): boolean {
  return name === 'holdfast' || name === 'holdfast-encrypted';
}

/** The folders in which contestants' programs are looked for: what bootstrap brought for the benchmark comes first. */
export function programPath(): string {
  return [process.env['HOLDFAST_PEERS'], process.env['PATH']].filter((part) => part !== undefined).join(delimiter);
}

/** The programs of a contestant that this machine has not. */
export async function missingPrograms({ programs }: Contestant): Promise<readonly string[]> {
  const folders = programPath().split(delimiter);
  const isHere = async (program: string): Promise<boolean> => {
    const tried = await Promise.allSettled(folders.map((folder) => access(join(folder, program), constants.X_OK)));
    return tried.some(({ status }) => status === 'fulfilled');
  };
  const here = await Promise.all(programs.map(isHere));
  return programs.filter((_, index) => here[index] !== true);
}

/** Makes `place` and an empty `repository` in it. */
export async function makePlace(place: string): Promise<void> {
  await mkdir(join(place, 'repository'), { recursive: true });
}

function holdfast(...line: readonly string[]): string {
  return `exec ${[process.execPath, runner, ...line].map(quoted).join(' ')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
