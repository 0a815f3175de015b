import type { DatabasePorts, ParameterGroup } from '../client.js';
import type { ElasticacheConfig } from '../config/database-config.js';
import { baseName, markOf, tagsOf } from '../names.js';
import { assertKeeps } from '../resources/eviction.js';
import { always, type Managed } from '../resources/managed.js';
import { patiently } from '../resources/patience.js';
import { ensure, type Workshop } from '../resources/workshop.js';

const policy = 'maxmemory-policy';

/** ElastiCache's own groups evict, so one is made that does not. */
export function parameterGroup({ elasticache }: DatabasePorts, config: ElasticacheConfig): Managed<ParameterGroup> {
  const name = baseName(config);
  return {
    key: 'parameter-group',
    kind: 'parameter-group',
    name,
    label: `cache parameter group '${name}'`,
    detail: `${familyOf(config)}, ${policy} noeviction`,
    find: async (call) => elasticache.parameterGroups.find(name, call),
    mark: markOf(config),
    markIn: ({ description }) => description,
    adopt: false,
    idOf: (found) => found.name,
    standingOf: always,
    remove: async (_, call) => elasticache.parameterGroups.remove(name, call),
  };
}

/** Makes it, or looks whether the given one keeps what it is told. */
export async function ensureParameterGroup(workshop: Workshop, ports: DatabasePorts, config: ElasticacheConfig): Promise<string> {
  const { parameterGroups } = ports.elasticache;
  const call = workshop.signal === undefined ? {} : { signal: workshop.signal };
  const given = config.parameterGroup;
  if (given !== undefined) {
    assertKeeps('The cache to be made', given, await parameterGroups.read(given, policy, call));
    return given;
  }
  const managed = parameterGroup(ports, config);
  const spec = { name: managed.name, family: familyOf(config), description: markOf(config), tags: tagsOf(config) };
  await ensure(workshop, managed, async (options) => parameterGroups.create(spec, options));
  // A kill between the two calls leaves a group that evicts.
  await patiently(workshop, async () => {
    if ((await parameterGroups.read(managed.name, policy, call)) !== 'noeviction')
      await parameterGroups.set(managed.name, policy, 'noeviction', call);
  });
  return managed.name;
}

/** As ElastiCache names them: valkey8, redis7, redis6.x, redis5.0, redis3.2. */
function familyOf({ engine, version }: ElasticacheConfig): string {
  const [major = '', minor = '0'] = version.split('.');
  if (engine !== 'redis' || Number(major) > 6) return `${engine}${major}`;
  return Number(major) === 6 ? 'redis6.x' : `redis${major}.${minor}`;
}
