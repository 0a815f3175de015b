import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyProgram } from '../programs.js';
import { findServerProgram } from '../../servers/programs.js';
import type { Victim } from '../victim.js';

/** nobody. */
const serverId = 65_534;
/** A server that refuses to be root. It keeps the right to read: its files may lie in a home that is closed to others. */
const asServer = `setpriv --reuid=${serverId} --regid=${serverId} --clear-groups --securebits=+no_setuid_fixup --inh-caps=+dac_read_search --ambient-caps=+dac_read_search --`;

interface Database {
  readonly name: string;
  readonly about: string;
  /** Of those that bootstrap unpacks and does not install. */
  readonly programs: readonly string[];
  readonly source: string;
  readonly rounds: number;
  readonly runs: string;
}

function database({ name, about, programs, source, rounds, runs }: Database): Victim {
  return {
    name,
    about,
    expectedSeconds: 10,
    requires: programs.map((program) => findServerProgram(program) ?? program),
    async prepare(directory, { scale }) {
      await copyProgram(source, directory);
      await mkdir(join(directory, 'data'), { recursive: true });
      await chown(join(directory, 'data'), serverId, serverId);
      const paths = programs.map((program) => `${program.replaceAll('-', '_')}=${findServerProgram(program) ?? program}`);
      await writeFile(join(directory, 'programs.sh'), `${paths.join('\n')}\nas_server='${asServer}'\n`);
      return { command: ['/bin/sh', source, String(Math.ceil(rounds * scale))], outputs: [runs] };
    },
  };
}

export const databases = (): readonly Victim[] => [
  database({
    name: 'postgres',
    about: 'a server of many processes with shared memory and semaphores, another user than root, and its client',
    programs: ['postgres', 'initdb', 'psql'],
    source: 'postgres.sh',
    rounds: 900,
    runs: 'answer.txt',
  }),
  database({
    name: 'mariadb',
    about: 'a server of many threads, asynchronous writes of its own kind, and its client',
    programs: ['mariadbd', 'mariadb', 'mariadb-install-db'],
    source: 'mariadb.sh',
    rounds: 700,
    runs: 'answer.txt',
  }),
  database({
    name: 'redis',
    about: 'a server with an append-only file that is rewritten by a fork, and its client',
    programs: ['redis-server', 'redis-cli'],
    source: 'redis.sh',
    rounds: 60_000,
    runs: 'answer.txt',
  }),
];
