import type { AwsCall } from '../aws-call.js';
import { AwsFault } from '../aws-fault.js';
import type { ResourceStore } from './resource-store.js';

/** Throws, as EC2 does, where a security group is to be deleted that a database still has. moto knows nothing of those. */
export function refuseGroupInUse(call: AwsCall, store: ResourceStore): void {
  if (call.operation !== 'DeleteSecurityGroup') return;
  const group = call.parameters['GroupId'];
  const isIn = ({ kept }: { kept: unknown }): boolean => {
    const groups: unknown = typeof kept === 'object' && kept !== null ? Reflect.get(kept, 'securityGroups') : undefined;
    return Array.isArray(groups) && groups.includes(group);
  };
  if (store.everything().some(isIn)) throw new AwsFault('DependencyViolation', `resource ${String(group)} has a dependent object`);
}
