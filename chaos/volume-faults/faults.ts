import { join } from 'node:path';
import type { VolumeMachine, VolumeServers } from '@holdfast/testkit/juicefs';
import { FullDisk } from './full-disk.ts';

/** What may be wrong with a volume: how it begins and ends, and what the user must be told of it. */
export interface Fault {
  readonly name: string;
  /** It lasts so long, or until a failed snapshot was told, or until snapshots were committed all the same. */
  readonly lasts: number | 'until-told' | 'until-committed';
  /** What the message of a failed snapshot must say. */
  readonly cause: RegExp;
  begin(): Promise<void>;
  end(): Promise<void>;
}

const bucketAway = /The bucket '.*' does not answer/u;
const databaseAway = /The metadata engine .* does not answer/u;
const refused = /The bucket '.*' may not be used with these credentials/u;
const nothing = /^$/u;

export function faultsOf({ minio, database }: VolumeServers, { cacheDirectory, folder }: VolumeMachine, quick: boolean): readonly Fault[] {
  const away = (lasts: Fault['lasts'], name: string): Fault => ({
    name,
    lasts,
    cause: bucketAway,
    begin: () => minio.kill(),
    end: () => minio.restart(),
  });
  const credentials: Fault = {
    name: 'credentials refused',
    lasts: 'until-told',
    cause: refused,
    begin: () => minio.restart({ revoked: true }),
    end: () => minio.restart(),
  };
  const databaseKilled = (lasts: Fault['lasts'], name: string): Fault => ({
    name,
    lasts,
    cause: databaseAway,
    begin: () => database.kill(),
    end: () => database.restart(),
  });
  const disk = new FullDisk(cacheDirectory, join(folder, 'juicefs.log'));
  const cacheFull: Fault = {
    name: 'cache disk full',
    lasts: 'until-committed',
    // It caches nothing, and stores as before: there is nothing to tell.
    cause: nothing,
    begin: () => disk.begin(),
    end: () => disk.end(),
  };
  if (quick) return [credentials, cacheFull];
  return [
    away(5_000, 'bucket away for 5 s'),
    away(60_000, 'bucket away for 60 s'),
    away('until-told', 'bucket away until it is told'),
    credentials,
    databaseKilled(5_000, 'database killed, away for 5 s'),
    databaseKilled('until-told', 'database killed, away until it is told'),
    cacheFull,
  ];
}
