import type { DatabasePorts, RdsInstance } from '../client.js';
import type { RdsConfig } from '../config/database-config.js';
import { baseName, markOf, markOfTags, masterUser, ports as portNumbers, tagsOf } from '../names.js';
import { type Managed, standingOfState } from '../resources/managed.js';
import { readPassword } from '../resources/secret.js';
import { ensure, type Workshop } from '../resources/workshop.js';

export const rdsEngine = ({ service }: Pick<RdsConfig, 'service'>): 'mysql' | 'postgres' => (service === 'rdsMysql' ? 'mysql' : 'postgres');

export function rdsInstance({ rds }: DatabasePorts, config: RdsConfig): Managed<RdsInstance> {
  const name = config.adopt ?? baseName(config);
  const { instanceClass, storageGib, multiAz, backupDays } = config;
  return {
    key: 'instance',
    kind: 'rds-instance',
    name,
    label: `RDS instance '${name}'`,
    detail: `${rdsEngine(config)} on ${instanceClass}, ${storageGib} GiB, ${multiAz ? 'two zones' : 'one zone'}, backups of ${backupDays} days`,
    find: async (call) => rds.instances.find(name, call),
    mark: markOf(config),
    markIn: ({ tags }) => markOfTags(tags),
    adopt: config.adopt !== undefined,
    idOf: ({ arn }) => arn,
    standingOf: ({ state }) => standingOfState(state),
    reason: async (call) => rds.lastEvent(name, call),
    remove: async (_, call) => rds.instances.remove(name, call),
  };
}

/** Asks for it, once. */
export async function ensureInstance(
  workshop: Workshop,
  ports: DatabasePorts,
  config: RdsConfig,
  place: { readonly subnetGroup: string; readonly securityGroups: readonly string[] },
): Promise<RdsInstance> {
  const managed = rdsInstance(ports, config);
  const { version, instanceClass, storageGib, multiAz, backupDays, kmsKey, masterPasswordSecret } = config;
  const { found } = await ensure(
    workshop,
    managed,
    async (call) => {
      const given =
        masterPasswordSecret === undefined ? undefined : await readPassword(workshop, ports, { ...config, user: masterUser }, masterPasswordSecret);
      const shape = { version, instanceClass, storageGib, multiAz, backupDays, kmsKey };
      const login = { masterUser, masterPassword: given?.password };
      const spec = {
        name: managed.name,
        engine: rdsEngine(config),
        port: portNumbers[config.service],
        tags: tagsOf(config),
        ...shape,
        ...login,
        ...place,
      };
      return ports.rds.instances.create(spec, call);
    },
    drift(config),
  );
  return found;
}

export function drift(config: RdsConfig): (found: RdsInstance) => string | undefined {
  const wanted = rdsEngine(config);
  return ({ engine }) => (engine === wanted || (wanted === 'mysql' && engine === 'mariadb') ? undefined : `its engine is ${engine}, not ${wanted}`);
}

/** It can be connected to, and the administrator's password is there. */
export function isComplete(config: RdsConfig): (found: RdsInstance) => boolean {
  return ({ host, masterSecret }) =>
    host !== undefined &&
    (config.masterPasswordSecret !== undefined || masterSecret === undefined || masterSecret.state.toLowerCase() !== 'creating');
}
