/** What an answer holds: written as JSON, or as XML. */
export type Structure = { readonly [name: string]: unknown };

/** What each element of a list is named in XML, by the list's own name; `member` where it is not here. */
const elementNames: Readonly<Record<string, string>> = {
  DBInstances: 'DBInstance',
  VpcSecurityGroups: 'VpcSecurityGroupMembership',
  DBParameterGroups: 'DBParameterGroup',
  DBSubnetGroups: 'DBSubnetGroup',
  Subnets: 'Subnet',
  Parameters: 'Parameter',
  TagList: 'Tag',
  Events: 'Event',
  CacheSubnetGroups: 'CacheSubnetGroup',
  CacheParameterGroups: 'CacheParameterGroup',
  ReplicationGroups: 'ReplicationGroup',
  NodeGroups: 'NodeGroup',
  NodeGroupMembers: 'NodeGroupMember',
  MemberClusters: 'ClusterId',
  CacheClusters: 'CacheCluster',
};

/** The elements of a structure, in the form of AWS's query protocols. What is undefined is left out. */
export function writeXml(structure: Structure): string {
  return Object.entries(structure)
    .map(([name, value]) => element(name, value))
    .join('');
}

function element(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return `<${name}>${value.map((each) => element(elementNames[name] ?? 'member', each)).join('')}</${name}>`;
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === 'object' && value !== null) return `<${name}>${writeXml(Object.fromEntries(Object.entries(value)))}</${name}>`;
  return `<${name}>${escapeXml(typeof value === 'string' ? value : JSON.stringify(value))}</${name}>`;
}

export function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
