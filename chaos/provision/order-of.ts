import type { DatabaseService } from '@holdfast/aws-databases';
import type { Arena } from './arena.ts';
import type { Order } from './order.ts';

/** The order for a database on this arena. */
export async function orderOf({ aws, servers }: Arena, service: DatabaseService, verb: Order['verb'], folder: string): Promise<Order> {
  const subnets = (await aws.subnets()).slice(0, 2);
  return { verb, service, endpoint: aws.endpoint, region: aws.client.region, subnets, folder, caFile: servers[service]?.caFile };
}
