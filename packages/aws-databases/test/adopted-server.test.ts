import { join } from 'node:path';
import { awsDatabase, type AwsDatabase, type DatabasePorts } from '@holdfast/aws-databases';
import { resourceState } from '@holdfast/core/provision';
import { expect, test } from 'vitest';
import { fakeCloud } from './support/fake-cloud.js';
import { configOf, temporaryFolder, virtualClock } from './support/fixture.js';
import { stopAt } from './support/stop-at.js';

const servers = [
  ['rdsMysql', 'holdfast-a-mysql'],
  ['rdsPostgres', 'holdfast-a-postgres'],
] as const;

const none = { subnets: undefined, clientSecurityGroups: undefined, clientCidrs: undefined };

test.each(servers)('%s that is adopted: stopped at any call and run again, the user and its database are there', async (service, adopt) => {
  for (let n = 1; ; n += 1) {
    const cloud = fakeCloud();
    await using folder = await temporaryFolder();
    const open = (ports: DatabasePorts, more: Readonly<Record<string, unknown>>): AwsDatabase =>
      awsDatabase(configOf(service, more, 'volume'), { ports, state: resourceState(join(folder.path, 'a')), clock: virtualClock() });
    const theirs = { ports: cloud.ports, state: resourceState(join(folder.path, 'theirs')), clock: virtualClock() };
    await awsDatabase(configOf(service), theirs).provision();
    const more = { ...none, adopt, user: 'ours', database: 'our_own' };
    const stopped = stopAt(cloud.ports, n, 'after');
    const ended = await open(stopped.ports, more)
      .provision()
      .catch(() => undefined);
    expect(await open(cloud.ports, more).provision(), `stopped at call ${n}`).toMatchObject({ user: 'ours' });
    expect([...cloud.sql.databases].toSorted()).toEqual(['holdfast', 'our_own']);
    if (ended !== undefined) break;
  }
});

test.each(servers)('%s that is adopted: a database of somebody else is not taken, also by a user who is ours', async (service, adopt) => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const open = (more: Readonly<Record<string, unknown>>): AwsDatabase =>
    awsDatabase(configOf(service, { ...none, adopt, user: 'ours', ...more }, 'volume'), {
      ports: cloud.ports,
      state: resourceState(join(folder.path, 'a')),
      clock: virtualClock(),
    });
  await awsDatabase(configOf(service), { ports: cloud.ports, state: resourceState(join(folder.path, 'theirs')), clock: virtualClock() }).provision();
  await open({ database: 'mine' }).provision();
  // The user of a fake server may enter every database, so this one is seen as it is where it may not.
  const { connect } = cloud.sql;
  cloud.ports.sql.connect = async (target, call) => connect({ ...target, database: target.database === 'holdfast' ? 'away' : target.database }, call);
  await expect(open({ database: 'holdfast' }).provision()).rejects.toMatchObject({
    code: 'HF_PROVISION_CONFLICT',
    context: { database: 'holdfast' },
  });
});
