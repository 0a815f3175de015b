import { join } from 'node:path';
import { awsDatabase, type AwsDatabase, type DatabasePorts, type DatabaseService, databaseServices } from '@holdfast/aws-databases';
import { resourceState } from '@holdfast/core/provision';
import { expect, test } from 'vitest';
import { type FakeCloud, fakeCloud } from './support/fake-cloud.js';
import { configOf, temporaryFolder, virtualClock } from './support/fixture.js';
import { stopAt, Stopped } from './support/stop-at.js';

const open = (service: DatabaseService, ports: DatabasePorts, folder: string): AwsDatabase =>
  awsDatabase(configOf(service), { ports, state: resourceState(join(folder, 'a')), clock: virtualClock() });

/** Twice as many calls as a path has are no path. */
const most = 200;

const cases = databaseServices.flatMap((service) => (['before', 'after'] as const).map((when) => [service, when] as const));

test.each(cases)('%s: stopped %s the effect of any call and run again, there is one of each', async (service, when) => {
  const whole = fakeCloud();
  await using first = await temporaryFolder();
  const expected = await open(service, whole.ports, first.path).provision();
  for (let n = 1; ; n += 1) {
    const cloud = fakeCloud({ absentLooks: n % 3 });
    await using folder = await temporaryFolder();
    const stopped = stopAt(cloud.ports, n, when);
    const ended = await endOf(open(service, stopped.ports, folder.path).provision());
    const again = await open(service, cloud.ports, folder.path).provision();
    expect(withoutFolder(again)).toEqual(withoutFolder(expected));
    expect(cloud.created(), `stopped at call ${n}`).toEqual(whole.created());
    expect(cloud.inventory().toSorted()).toEqual(whole.inventory().toSorted());
    if (ended === 'done') break;
    expect(n).toBeLessThan(most);
  }
});

test.each(cases)('%s: a removal stopped %s the effect of any call and run again leaves nothing', async (service, when) => {
  for (let n = 1; ; n += 1) {
    const cloud = fakeCloud();
    await using folder = await temporaryFolder();
    await open(service, cloud.ports, folder.path).provision();
    const ended = await endOf(open(service, stopAt(cloud.ports, n, when).ports, folder.path).destroy());
    await open(service, cloud.ports, folder.path).destroy();
    expect(cloud.inventory(), `stopped at call ${n}`).toEqual([]);
    expect(await resourceState(join(folder.path, 'a')).list()).toEqual([]);
    if (ended === 'done') break;
    expect(n).toBeLessThan(most);
  }
});

test.each(databaseServices)('%s: of two provisioners at once each ends with the same one of each', async (service) => {
  for (const sameState of [true, false]) {
    const cloud: FakeCloud = fakeCloud({ absentLooks: 2 });
    await using one = await temporaryFolder();
    await using two = await temporaryFolder();
    const both = [one.path, sameState ? one.path : two.path];
    const [left, right] = await Promise.all(both.map(async (folder) => open(service, cloud.ports, folder).provision()));
    expect(withoutFolder(left)).toEqual(withoutFolder(right));
    expect(new Set(Object.values(cloud.created()))).toEqual(new Set([1]));
  }
});

function withoutFolder(database: unknown): string {
  return JSON.stringify(database).replace(/"caFile":"[^"]*"/u, '"caFile":"…"');
}

async function endOf(running: Promise<unknown>): Promise<'done' | 'stopped'> {
  try {
    await running;
    return 'done';
  } catch (error) {
    if (error instanceof Stopped || (error instanceof Error && error.cause instanceof Stopped)) return 'stopped';
    throw error;
  }
}
