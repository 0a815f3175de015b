import { CreateDBParameterGroupCommand, DescribeDBParameterGroupsCommand } from '@aws-sdk/client-rds';
import { type FakeAws, type KillPoint, startFakeAws, tryKillPoints } from '@holdfast/testkit/aws';
import { missingServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientsOf } from './clients.js';

const missing = missingServer('moto_server');

describe.skipIf(missing !== undefined)(`points to kill at${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let aws: FakeAws;
  beforeAll(async () => {
    aws = await startFakeAws();
  });
  afterAll(() => aws[Symbol.asyncDispose]());

  /** Looks for a group of a name, and makes it where there is none. */
  const ensure = async (name: string, abortSignal: AbortSignal): Promise<void> => {
    const { rds } = clientsOf(aws);
    const DBParameterGroupName = name;
    const found = await rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName }), { abortSignal }).catch((error: unknown) => {
      if ((error as Error).name !== 'DBParameterGroupNotFoundFault') throw error;
    });
    if (found !== undefined) return;
    await rds.send(new CreateDBParameterGroupCommand({ DBParameterGroupName, DBParameterGroupFamily: 'f', Description: 'd' }), { abortSignal });
  };
  const oneEach = async (): Promise<void> => expect((await aws.inventory()).map(({ name }) => name)).toEqual(['a', 'b']);

  it('are after each call, with its answer and without, and what can be run again ends with one each', async () => {
    let prepared = 0;
    const points = await tryKillPoints(
      aws,
      {
        prepare: async () => void (prepared += 1),
        run: async (signal) => {
          await ensure('a', signal);
          await ensure('b', signal);
        },
      },
      {
        check: async ({ calls, answered }) => {
          expect(aws.log()[calls - 1]?.outcome === 'cut').toBe(!answered);
          await oneEach();
        },
      },
    );
    const [look, create] = ['rds:DescribeDBParameterGroups', 'rds:CreateDBParameterGroup'];
    expect(points.map(({ calls, after, answered }) => [calls, after, answered])).toEqual(
      [look, create, look, create].flatMap((after, index) => [true, false].map((answered) => [index + 1, after, answered])),
    );
    expect(prepared).toBe(9);
  });

  it('are half as many where the answers are in turns', async () => {
    const killable = { prepare: async () => undefined, run: (signal: AbortSignal) => ensure('a', signal) };
    const points = await tryKillPoints(aws, killable, { answers: 'either', check: async () => undefined });
    expect(points.map(({ calls, answered }) => [calls, answered])).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  it('find who makes a second one', async () => {
    let number = 0;
    const killable = { prepare: async () => undefined, run: (signal: AbortSignal) => ensure(`a${(number += 1)}`, signal) };
    const seen: KillPoint[] = [];
    const check = async (point: KillPoint): Promise<void> => {
      seen.push(point);
      expect(await aws.inventory()).toHaveLength(1);
    };
    await expect(tryKillPoints(aws, killable, { check })).rejects.toThrow(/length/);
    expect(seen.at(-1)).toEqual({ calls: 2, after: 'rds:CreateDBParameterGroup', answered: true });
  });
});
