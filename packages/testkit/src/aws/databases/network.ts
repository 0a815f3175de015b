import type { AwsCall } from '../aws-call.js';
import { AwsFault } from '../aws-fault.js';
import type { MotoClient } from '../moto/moto-client.js';

export interface Subnet {
  readonly id: string;
  readonly zone: string;
  readonly vpc: string;
}

/** The subnets that a call names, as moto's EC2 knows them. Throws `InvalidSubnet` for one that it does not know, or of another VPC. */
export async function subnetsOf(call: AwsCall, moto: MotoClient, ids: readonly string[]): Promise<readonly Subnet[]> {
  if (ids.length === 0) throw new AwsFault('InvalidSubnet', 'No subnet is given.');
  const subnets = await Promise.all(ids.map((id) => subnetOf(call, moto, id)));
  if (new Set(subnets.map(({ vpc }) => vpc)).size > 1)
    throw new AwsFault('InvalidSubnet', `The subnets are not all in a common VPC: ${ids.join(', ')}`);
  return subnets;
}

async function subnetOf(call: AwsCall, moto: MotoClient, id: string): Promise<Subnet> {
  const xml = await moto.ec2(call.region, { Action: 'DescribeSubnets', 'SubnetId.1': id }).catch((error: unknown) => {
    if (error instanceof AwsFault && error.code === 'InvalidSubnetID.NotFound')
      throw new AwsFault('InvalidSubnet', `The requested subnet is invalid: ${id}`);
    throw error;
  });
  return { id, zone: within(xml, 'availabilityZone'), vpc: within(xml, 'vpcId') };
}

function within(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)`).exec(xml)?.[1] ?? '';
}
