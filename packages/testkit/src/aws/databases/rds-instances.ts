import { AwsFault } from '../aws-fault.js';
import { endpointOf } from './endpoint.js';
import type { DatabaseWorld, Handler } from './handler.js';
import { kinds } from './kinds.js';
import { requireParameterGroup } from './parameter-groups.js';
import { contrary, flag, invalid, numberOf, required, requiredName, tagsOf, text, texts } from './parameters.js';
import { defaultPort, type KeptInstance, writeInstance } from './rds-instance.js';
import { makeMasterSecret, masterOf, removeMasterSecret } from './rds-master.js';
import type { KeptSubnetGroup } from './subnet-groups.js';

const kind = kinds.dbInstance;

export const createDbInstance: Handler = async (call, world) => {
  const { parameters, region } = call;
  const name = requiredName(call, 'DBInstanceIdentifier');
  const engine = required(call, 'Engine');
  if (!['mysql', 'mariadb', 'postgres'].includes(engine)) throw invalid(call, `Invalid DB engine: ${engine}`);
  required(call, 'DBInstanceClass');
  if (numberOf(parameters, 'AllocatedStorage', 0) < 20) throw invalid(call, 'Invalid storage size for engine: at least 20 GiB');
  const asked = masterOf(call, engine);
  const subnetGroup = text(parameters, 'DBSubnetGroupName')?.toLowerCase();
  const parameterGroup = text(parameters, 'DBParameterGroupName')?.toLowerCase();
  world.store.refuseExisting(kind, region, name);
  requireParameterGroup(world.store, kinds.dbParameterGroup, region, parameterGroup);
  const lies = subnetGroup === undefined ? undefined : world.store.get<KeptSubnetGroup>(kinds.dbSubnetGroup, region, subnetGroup);
  const database = text(parameters, 'DBName');
  const users = [{ name: asked.name, passwords: [asked.password] }];
  const endpoint = await endpointOf(world.endpoints, { service: 'rds', identifier: name, engine, database, users, tls: true });
  const master = { ...asked, password: asked.isManaged ? (endpoint?.masterPassword ?? asked.password) : asked.password };
  const secretArn = asked.isManaged ? await makeMasterSecret(call, world.moto, master) : undefined;
  const port = numberOf(parameters, 'Port', defaultPort(engine));
  const instance = world.store.add<KeptInstance>(kind, region, name, tagsOf(parameters), {
    parameters,
    engine,
    subnetGroup: lies,
    parameterGroup: parameterGroup ?? `default.${engine}`,
    securityGroups: texts(parameters, 'VpcSecurityGroupIds'),
    endpoint: endpoint ?? { host: `${name}.c0fakeaws0.${region}.rds.amazonaws.com`, port },
    secretArn,
  });
  return { DBInstance: writeInstance(instance, 'creating') };
};

export const describeDbInstances: Handler = (call, { store }) => {
  const shown = store.look<KeptInstance>(kind, call.region, text(call.parameters, 'DBInstanceIdentifier')?.toLowerCase());
  return { DBInstances: shown.map(({ resource, phase }) => writeInstance(resource, phase)) };
};

/** What is changed here is what was said at the creation; it counts at once. */
export const modifyDbInstance: Handler = (call, { store }) => {
  const instance = store.get<KeptInstance>(kind, call.region, requiredName(call, 'DBInstanceIdentifier'));
  const phase = instance.lifecycle.phase();
  if (phase !== 'ready') throw new AwsFault('InvalidDBInstanceState', `Database instance is not in available state: ${instance.name}`);
  const securityGroups = texts(call.parameters, 'VpcSecurityGroupIds');
  instance.kept = {
    ...instance.kept,
    parameters: { ...instance.kept.parameters, ...call.parameters },
    securityGroups: securityGroups.length > 0 ? securityGroups : instance.kept.securityGroups,
  };
  return { DBInstance: writeInstance(instance, phase) };
};

export const deleteDbInstance: Handler = async (call, world) => {
  const instance = world.store.get<KeptInstance>(kind, call.region, requiredName(call, 'DBInstanceIdentifier'));
  const { kept, lifecycle, name } = instance;
  if (lifecycle.phase() === 'deleting') throw new AwsFault('InvalidDBInstanceState', `Instance ${name} is already being deleted.`);
  if (flag(kept.parameters, 'DeletionProtection', false))
    throw contrary(call, 'Cannot delete protected DB Instance, please disable deletion protection and try again.');
  const hasSnapshot = text(call.parameters, 'FinalDBSnapshotIdentifier') !== undefined;
  if (flag(call.parameters, 'SkipFinalSnapshot', false) === hasSnapshot) {
    throw contrary(call, 'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified, and not both.');
  }
  await forgetSecret(kept, call.region, world);
  lifecycle.remove();
  return { DBInstance: writeInstance(instance, 'deleting') };
};

async function forgetSecret(kept: KeptInstance, region: string, { moto }: DatabaseWorld): Promise<void> {
  if (kept.secretArn !== undefined) await removeMasterSecret(region, moto, kept.secretArn);
}
