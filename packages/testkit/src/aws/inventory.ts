import type { ResourceStore } from './databases/resource-store.js';
import type { MotoClient } from './moto/moto-client.js';

/** One thing that is there: somebody pays for it, or forgot it. */
export interface InventoryItem {
  /** For example `rds:DBInstance`, `s3:Bucket`, `ec2:SecurityGroup`, `secretsmanager:Secret`. */
  readonly type: string;
  readonly name: string;
  /** Empty for buckets. */
  readonly region: string;
}

/** All that is there, but for what an account has from its beginning: the default network and its security group. */
export async function takeInventory(store: ResourceStore, moto: MotoClient, regions: Iterable<string>): Promise<readonly InventoryItem[]> {
  const own = store.everything().map(({ kind, name, region }) => ({ type: kind.type, name, region }));
  const ofRegions = await Promise.all([...regions].map((region) => inRegion(moto, region)));
  const buckets = matches(await moto.get('s3', 'us-east-1', '/'), /<Bucket>.*?<Name>([^<]*)/g);
  return [...own, ...ofRegions.flat(), ...buckets.map((name) => ({ type: 's3:Bucket', name, region: '' }))];
}

async function inRegion(moto: MotoClient, region: string): Promise<readonly InventoryItem[]> {
  const groups = await moto.ec2(region, { Action: 'DescribeSecurityGroups' });
  const secrets = await moto.json('secretsmanager', region, 'secretsmanager.ListSecrets', {});
  const fileSystems = await moto.get('elasticfilesystem', region, '/2015-02-01/file-systems');
  const lustre = await moto.json('fsx', region, 'AWSSimbaAPIService_v20180301.DescribeFileSystems', {});
  const names: readonly (readonly [string, readonly string[]])[] = [
    ['ec2:SecurityGroup', matches(groups, /<groupName>([^<]*)<\/groupName><groupDescription>/g).filter((name) => name !== 'default')],
    ['secretsmanager:Secret', matches(JSON.stringify(secrets), /"Name":"([^"]*)"/g)],
    ['efs:FileSystem', matches(fileSystems, /"FileSystemId": ?"([^"]*)"/g)],
    ['fsx:FileSystem', matches(JSON.stringify(lustre), /"FileSystemId":"([^"]*)"/g)],
  ];
  return names.flatMap(([type, found]) => found.map((name) => ({ type, name, region })));
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}
