import { join } from 'node:path';
import type { DatabaseService } from '@holdfast/aws-databases';
import type { ResourceType, Rule } from '@holdfast/testkit/aws';
import { whatThereIs } from './arena.ts';
import type { Subject } from './subject.ts';

const made: Readonly<Record<DatabaseService, readonly ResourceType[]>> = {
  rdsMysql: ['rds:DBInstance', 'rds:DBSubnetGroup'],
  rdsPostgres: ['rds:DBInstance', 'rds:DBSubnetGroup'],
  elasticache: ['elasticache:ReplicationGroup', 'elasticache:CacheSubnetGroup', 'elasticache:CacheParameterGroup'],
  memorydb: ['memorydb:Cluster', 'memorydb:SubnetGroup', 'memorydb:ACL', 'memorydb:User'],
};

const creations: Readonly<Record<DatabaseService, string>> = {
  rdsMysql: 'rds:CreateDBInstance',
  rdsPostgres: 'rds:CreateDBInstance',
  elasticache: 'elasticache:CreateReplicationGroup',
  memorydb: 'memorydb:CreateCluster',
};

/** What AWS may do to a provisioner that it is to bear. */
function moodsOf(service: DatabaseService): Readonly<Record<string, readonly Rule[]>> {
  const [prefix = ''] = made[service][0]?.split(':') ?? [];
  const soon = {
    times: 1,
    effect: { kind: 'fault', code: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." },
  } as const;
  const role = { kind: 'fault', code: 'InvalidParameterValue', message: 'Verify that you have permission to create service linked role.' } as const;
  const unknown = { kind: 'fault', code: 'InvalidParameterValue', message: 'Invalid security group , groupId= sg-0a, groupName=.' } as const;
  const group = { times: 1, effect: { kind: 'fault', code: 'InvalidGroup.NotFound', message: 'The security group does not exist' } } as const;
  return {
    'what was made is not found at first, then slow': [
      ...made[service].map((of) => ({ of, absent: { polls: 1 }, creating: { polls: 2 }, deleting: { polls: 2 } })),
      { on: 'secretsmanager:GetSecretValue', after: 'secretsmanager:CreateSecret', ...soon },
      { on: 'ec2:AuthorizeSecurityGroupIngress', after: 'ec2:CreateSecurityGroup', ...group },
      { on: creations[service], effect: role },
      { on: creations[service], effect: unknown },
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
export async function tryMoods(subject: Subject, folder: string): Promise<number> {
  const { aws } = subject;
  let runs = 0;
  let whole: string | undefined;
  for (const [mood, rules] of [['none', []] as const, ...Object.entries(moodsOf(subject.service))]) {
    for (const provisioners of [1, 2]) {
      await subject.empty();
      for (const rule of rules) aws.script(rule);
      const place = join(folder, `mood-${(runs += 1)}`);
      const ended = await Promise.all(Array.from({ length: provisioners }, (_, index) => subject.run('provision', `${place}-${index}`)));
      const there = (await whatThereIs(aws)).join(', ');
      whole ??= there;
      const failure = ended.find(({ ok }) => !ok)?.said ?? (there === whole ? undefined : `there is ${there}; expected ${whole}`);
      if (failure !== undefined) throw new Error(`${provisioners} at once, ${mood}: ${failure}`);
      if (new Set(ended.map(({ said }) => said)).size !== 1) throw new Error(`${provisioners} at once, ${mood}: they tell of different databases`);
    }
  }
  return runs + (await failToBeMade(subject, join(folder, 'failed')));
}

/** One that cannot be made is told at once, with the reason, and removed without a rest. Gives how many runs there were. */
async function failToBeMade(subject: Subject, folder: string): Promise<number> {
  const { aws, service } = subject;
  await subject.empty();
  const [of] = made[service];
  if (of === undefined) return 0;
  aws.script({ of, creating: { polls: 1 }, fails: { state: 'create-failed', reason: 'no capacity left in the zone' } });
  const failed = await subject.run('provision', folder);
  if (failed.ok || !failed.said.includes('HF_PROVISION_FAILED') || !failed.said.includes('no capacity left'))
    throw new Error(`a creation that fails: ${failed.said}`);
  const removed = await subject.run('destroy', folder);
  const there = await whatThereIs(aws);
  if (!removed.ok || there.length > 0) throw new Error(`the removal of what failed: there is ${there.join(', ')}; ${removed.said}`);
  return 2;
}
