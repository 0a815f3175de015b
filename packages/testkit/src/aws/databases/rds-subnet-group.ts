import type { Structure } from '../write-xml.js';
import type { Resource } from './resource-store.js';
import type { KeptSubnetGroup } from './subnet-groups.js';

export function writeDbSubnetGroup(group: Resource<KeptSubnetGroup>): Structure {
  return {
    DBSubnetGroupName: group.name,
    DBSubnetGroupDescription: group.kept.description,
    VpcId: group.kept.subnets[0]?.vpc,
    SubnetGroupStatus: 'Complete',
    Subnets: group.kept.subnets.map(({ id, zone }) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: zone },
      SubnetStatus: 'Active',
    })),
    DBSubnetGroupArn: group.arn,
    SupportedNetworkTypes: ['IPV4'],
  };
}
