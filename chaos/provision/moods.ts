import { join } from 'node:path';
import type { DatabaseService } from '@holdfast/aws-databases';
import type { ResourceType, Rule } from '@holdfast/testkit/aws';
import { type Arena, emptyArena, whatThereIs } from './arena.ts';
import { orderOf } from './order-of.ts';
import { type Ended, runProvisioner } from './run-provisioner.ts';

const made: Readonly<Record<DatabaseService, readonly ResourceType[]>> = {
  rdsMysql: ['rds:DBInstance', 'rds:DBSubnetGroup'],
  rdsPostgres: ['rds:DBInstance', 'rds:DBSubnetGroup'],
  elasticache: ['elasticache:ReplicationGroup', 'elasticache:CacheSubnetGroup', 'elasticache:CacheParameterGroup'],
  memorydb: ['memorydb:Cluster', 'memorydb:SubnetGroup', 'memorydb:ACL', 'memorydb:User'],
};

/** What AWS may do to a provisioner that it is to bear. */
function moodsOf(service: DatabaseService): Readonly<Record<string, readonly Rule[]>> {
  const [prefix = ''] = made[service][0]?.split(':') ?? [];
  const soon = {
    times: 1,
    effect: { kind: 'fault', code: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." },
  } as const;
  const group = { times: 1, effect: { kind: 'fault', code: 'InvalidGroup.NotFound', message: 'The security group does not exist' } } as const;
  return {
    'what was made is not found at first, then slow': [
      ...made[service].map((of) => ({ of, absent: { polls: 1 }, creating: { polls: 2 }, deleting: { polls: 2 } })),
      { on: 'secretsmanager:GetSecretValue', after: 'secretsmanager:CreateSecret', ...soon },
      { on: 'ec2:AuthorizeSecurityGroupIngress', after: 'ec2:CreateSecurityGroup', ...group },
    ],
    'every third call is throttled': [{ on: '*', skip: 2, times: 3, effect: { kind: 'throttle' } }],
    'a page in place of an answer': [{ on: `${prefix}:*`, skip: 1, times: 2, effect: { kind: 'html', status: 502 } }],
    'each creation is cut after its effect': ['ec2', 'secretsmanager', prefix].map((each) => ({
      on: `${each}:Create*`,
      effect: { kind: 'cut', when: 'after' },
    })),
  };
}

/** One provisioner, and two at once, in each mood. Gives how many runs there were; throws where one failed or there is not one of each. */
export async function tryMoods(arena: Arena, service: DatabaseService, folder: string): Promise<number> {
  let runs = 0;
  let whole: string | undefined;
  for (const [mood, rules] of [['none', []] as const, ...Object.entries(moodsOf(service))]) {
    for (const provisioners of [1, 2]) {
      await emptyArena(arena, service);
      for (const rule of rules) arena.aws.script(rule);
      const place = join(folder, `mood-${(runs += 1)}`);
      const ended = await Promise.all(Array.from({ length: provisioners }, (_, index) => one(arena, service, `${place}-${index}`)));
      const there = (await whatThereIs(arena.aws)).join(', ');
      whole ??= there;
      const failure = ended.find(({ ok }) => !ok)?.said ?? (there === whole ? undefined : `there is ${there}; expected ${whole}`);
      if (failure !== undefined) throw new Error(`${provisioners} at once, ${mood}: ${failure}`);
      if (new Set(ended.map(({ said }) => said)).size !== 1) throw new Error(`${provisioners} at once, ${mood}: they tell of different databases`);
    }
  }
  return runs;
}

async function one(arena: Arena, service: DatabaseService, folder: string): Promise<Ended> {
  return runProvisioner(await orderOf(arena, service, 'provision', folder), arena.aws.environment);
}
