import { type CallOptions, HoldfastError } from '@holdfast/core';
import type { DatabasePorts, RdsInstance } from '../client.js';
import type { RdsConfig } from '../config/database-config.js';
import type { DatabaseEngine } from '../engine.js';
import { masterUser } from '../names.js';
import type { ProvisionedDatabase } from '../provisioned-database.js';
import { ensureSecurityGroups, ensureSubnetGroup, securityGroup, subnetGroup, vpcOf } from '../resources/network.js';
import { kept, type Part, part } from '../resources/part.js';
import { type ApplicationPassword, applicationSecret, ensureApplicationPassword, readPassword } from '../resources/secret.js';
import { awaitReady, ensure, type Workshop } from '../resources/workshop.js';
import { hasDatabase, prepareDatabase } from './application-user.js';
import { connectSoon } from './connect-soon.js';
import { authoritiesPath, ensureAuthorities } from './authorities.js';
import { drift, ensureInstance, isComplete, rdsEngine, rdsInstance } from './instance.js';

/** MySQL or PostgreSQL on RDS. */
export function rdsDatabase(ports: DatabasePorts, config: RdsConfig, stateDirectory: string): DatabaseEngine {
  const instance = rdsInstance(ports, config);
  const secret = applicationSecret(ports, config);
  const adopted: readonly Part[] = [kept(secret), part(instance)];
  const group = part(securityGroup(ports, config));
  const within: readonly Part[] = [part(subnetGroup(ports.rds.subnetGroups, config)), part(secret), part(instance)];
  return {
    main: instance,
    resources: config.adopt !== undefined ? adopted : config.network.securityGroups.length > 0 ? within : [group, ...within],
    removable: () => (config.adopt === undefined ? [group, ...within] : adopted),
    check: async (call) => config.adopt ?? vpcOf(ports.network, config.network.subnets, call),
    provision: async (workshop) => {
      const caFile = await ensureAuthorities(workshop, ports, config);
      const { password, found } = await makeInstance(workshop, ports, config);
      const { host, port } = endpointOf(found, instance.label);
      const application = { user: config.user, password: password.password, database: config.database };
      const administrator = async (): Promise<{ user: string; password: string }> => readAdministrator(workshop, ports, config, found);
      const server = { engine: rdsEngine(config), host, port, caFile };
      const call = workshop.signal === undefined ? {} : { signal: workshop.signal };
      await prepareDatabase(connectSoon(ports.sql, workshop), { server, application, administrator, mayReplace: config.adopt === undefined }, call);
      workshop.onProgress?.({ step: 'user', message: `user '${config.user}' and database '${config.database}': there` });
      return databaseOf(config, { host, port, caFile, source: password.source });
    },
    describe: async (call) => {
      const [found, kept] = await Promise.all([instance.find(call), secret.find(call)]);
      if (found?.host === undefined || found.port === undefined || kept === undefined) return undefined;
      const source = { from: 'secret', secret: kept.arn, region: config.region } as const;
      return databaseOf(config, { host: found.host, port: found.port, caFile: authoritiesPath(stateDirectory, config), source });
    },
    equip: async (workshop) => void (await ensureAuthorities(workshop, ports, config)),
    isUnused: async (workshop) => {
      const call = workshop.signal === undefined ? {} : { signal: workshop.signal };
      const found = await instance.find(call);
      if (found?.host === undefined || found.port === undefined) return false;
      const administrator = await readAdministrator(workshop, ports, config, found);
      const server = { engine: rdsEngine(config), host: found.host, port: found.port, caFile: authoritiesPath(stateDirectory, config) };
      await using session = await ports.sql.connect({ ...server, ...administrator, database: undefined }, call);
      return !(await hasDatabase(session, server.engine, config.database));
    },
    leaves:
      config.adopt === undefined ? [] : [`the database '${config.database}' and the user '${config.user}' on ${instance.label}, which was adopted`],
  };
}

async function makeInstance(
  workshop: Workshop,
  ports: DatabasePorts,
  config: RdsConfig,
): Promise<{ password: ApplicationPassword; found: RdsInstance }> {
  const managed = rdsInstance(ports, config);
  const ready = async (): Promise<RdsInstance> => awaitReady(workshop, managed, config.timeoutMs, isComplete(config));
  if (config.adopt !== undefined) {
    await ensure(workshop, managed, async () => 'exists', drift(config));
    return { password: await ensureApplicationPassword(workshop, ports, config), found: await ready() };
  }
  const call: CallOptions = workshop.signal === undefined ? {} : { signal: workshop.signal };
  const vpc = await vpcOf(ports.network, config.network.subnets, call);
  const securityGroups = await ensureSecurityGroups(workshop, ports, config, vpc);
  const group = await ensureSubnetGroup(workshop, ports.rds.subnetGroups, config);
  const password = await ensureApplicationPassword(workshop, ports, config);
  await ensureInstance(workshop, ports, config, { subnetGroup: group, securityGroups });
  return { password, found: await ready() };
}

async function readAdministrator(
  workshop: Workshop,
  ports: DatabasePorts,
  config: RdsConfig,
  found: RdsInstance,
): Promise<{ user: string; password: string }> {
  const secret = config.masterPasswordSecret ?? found.masterSecret?.arn;
  if (secret === undefined) {
    throw new HoldfastError('HF_PROVISION_CONFLICT', {
      kind: 'conflict',
      message: `The administrator's password of ${rdsInstance(ports, config).label} is not kept by RDS, and none is named`,
      hint: "Name a secret that holds it in 'masterPasswordSecret'",
      operation: 'provision.user',
    });
  }
  const user = config.adopt === undefined ? masterUser : found.masterUser;
  const { password } = await readPassword(workshop, ports, { user, region: config.region }, secret);
  return { user, password };
}

function endpointOf({ host, port }: RdsInstance, label: string): { readonly host: string; readonly port: number } {
  if (host !== undefined && port !== undefined) return { host, port };
  throw new HoldfastError('HF_PROVISION_FAILED', {
    kind: 'conflict',
    message: `${label} is available and tells no address`,
    operation: 'provision.rds-instance',
  });
}

interface Reached {
  readonly host: string;
  readonly port: number;
  readonly caFile: string;
  readonly source: ProvisionedDatabase['passwordSource'];
}

function databaseOf(config: RdsConfig, { host, port, caFile, source }: Reached): ProvisionedDatabase {
  const { service, database, user } = config;
  return { service, engine: rdsEngine(config), host, port, database, user, passwordSource: source, tls: { caFile }, cluster: false };
}
