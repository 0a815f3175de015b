import type { NetworkPort, SecurityGroup } from '../client.js';
import { asked, created, found, once, removed, sendOptions, tagList } from './call.js';
import { type AwsClientOptions, clientOptions } from './client-options.js';

export function networkPort(options: AwsClientOptions): NetworkPort {
  const load = once(async () => {
    const sdk = await import('@aws-sdk/client-ec2');
    return { sdk, client: new sdk.EC2Client(clientOptions(options)) };
  });
  return {
    subnets: async (ids, call) =>
      asked({ call: 'ec2:DescribeSubnets', resource: ids.join(', ') }, async () => {
        const { sdk, client } = await load();
        const { Subnets = [] } = await client.send(new sdk.DescribeSubnetsCommand({ SubnetIds: [...ids] }), sendOptions(call));
        return Subnets.map(({ SubnetId = '', VpcId = '', AvailabilityZone = '' }) => ({ id: SubnetId, vpc: VpcId, zone: AvailabilityZone }));
      }),
    findSecurityGroup: async ({ vpc, name, description }, call) =>
      found({ call: 'ec2:DescribeSecurityGroups', resource: name }, async () => {
        const { sdk, client } = await load();
        const Filters = [...(vpc === undefined ? [] : [{ Name: 'vpc-id', Values: [vpc] }]), { Name: 'group-name', Values: [name] }];
        const { SecurityGroups = [] } = await client.send(new sdk.DescribeSecurityGroupsCommand({ Filters }), sendOptions(call));
        const group = SecurityGroups.find(({ Description }) => Description === description) ?? SecurityGroups[0];
        return group === undefined ? undefined : toGroup(group);
      }),
    createSecurityGroup: async ({ vpc, name, description, tags }, call) =>
      created({ call: 'ec2:CreateSecurityGroup', resource: name }, async (): Promise<SecurityGroup> => {
        const { sdk, client } = await load();
        const TagSpecifications = [{ ResourceType: 'security-group' as const, Tags: tagList(tags) }];
        const command = new sdk.CreateSecurityGroupCommand({ VpcId: vpc, GroupName: name, Description: description, TagSpecifications });
        const { GroupId = '' } = await client.send(command, sendOptions(call));
        return { id: GroupId, description, allows: [] };
      }),
    allow: async (group, { port, from }, call) => {
      const source = from.startsWith('sg-')
        ? { UserIdGroupPairs: [{ GroupId: from }] }
        : from.includes(':')
          ? { Ipv6Ranges: [{ CidrIpv6: from }] }
          : { IpRanges: [{ CidrIp: from }] };
      await created({ call: 'ec2:AuthorizeSecurityGroupIngress', resource: group }, async () => {
        const { sdk, client } = await load();
        const IpPermissions = [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...source }];
        return client.send(new sdk.AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions }), sendOptions(call));
      });
    },
    removeSecurityGroup: async (id, call) =>
      removed({ call: 'ec2:DeleteSecurityGroup', resource: id }, async () => {
        const { sdk, client } = await load();
        return client.send(new sdk.DeleteSecurityGroupCommand({ GroupId: id }), sendOptions(call));
      }),
  };
}

interface GivenGroup {
  readonly GroupId?: string | undefined;
  readonly Description?: string | undefined;
  readonly IpPermissions?:
    | readonly {
        readonly FromPort?: number | undefined;
        readonly UserIdGroupPairs?: readonly { readonly GroupId?: string | undefined }[] | undefined;
        readonly IpRanges?: readonly { readonly CidrIp?: string | undefined }[] | undefined;
        readonly Ipv6Ranges?: readonly { readonly CidrIpv6?: string | undefined }[] | undefined;
      }[]
    | undefined;
}

function toGroup({ GroupId = '', Description = '', IpPermissions = [] }: GivenGroup): SecurityGroup {
  const allows = IpPermissions.flatMap(({ FromPort, UserIdGroupPairs = [], IpRanges = [], Ipv6Ranges = [] }) => {
    const from = [
      ...UserIdGroupPairs.map(({ GroupId: id }) => id),
      ...IpRanges.map(({ CidrIp }) => CidrIp),
      ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
    ];
    return from.flatMap((source) => (source === undefined || FromPort === undefined ? [] : [{ port: FromPort, from: source }]));
  });
  return { id: GroupId, description: Description, allows };
}
