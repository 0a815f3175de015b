import type { ResourceType } from '../rule.js';

/** What the services' own words for one kind of resource are. */
export interface Kind {
  readonly type: ResourceType;
  /** What stands before the name in an ARN. */
  readonly arnPart: string;
  /** The code of the fault for a name that is taken. */
  readonly exists: string;
  readonly missing: { readonly code: string; readonly status: number };
  /** The name of the state that is waited for. */
  readonly ready: string;
  /** The word for it in messages. */
  readonly word: string;
}

type KindName =
  | 'dbInstance'
  | 'dbSubnetGroup'
  | 'dbParameterGroup'
  | 'replicationGroup'
  | 'cacheSubnetGroup'
  | 'cacheParameterGroup'
  | 'cacheUser'
  | 'cacheUserGroup'
  | 'cluster'
  | 'subnetGroup'
  | 'parameterGroup'
  | 'acl'
  | 'memoryUser';

/** Every kind of resource that is kept here and not by moto. Codes are those of the wire; the SDK makes its names of them. */
export const kinds: Readonly<Record<KindName, Kind>> = {
  dbInstance: kind('rds:DBInstance', 'db:', 'DBInstanceAlreadyExists', missing('DBInstanceNotFound', 404)),
  dbSubnetGroup: kind('rds:DBSubnetGroup', 'subgrp:', 'DBSubnetGroupAlreadyExists', missing('DBSubnetGroupNotFoundFault', 404)),
  dbParameterGroup: kind('rds:DBParameterGroup', 'pg:', 'DBParameterGroupAlreadyExists', missing('DBParameterGroupNotFound', 404)),
  replicationGroup: kind(
    'elasticache:ReplicationGroup',
    'replicationgroup:',
    'ReplicationGroupAlreadyExists',
    missing('ReplicationGroupNotFoundFault', 404),
  ),
  cacheSubnetGroup: kind(
    'elasticache:CacheSubnetGroup',
    'subnetgroup:',
    'CacheSubnetGroupAlreadyExists',
    missing('CacheSubnetGroupNotFoundFault', 400),
  ),
  cacheParameterGroup: kind(
    'elasticache:CacheParameterGroup',
    'parametergroup:',
    'CacheParameterGroupAlreadyExists',
    missing('CacheParameterGroupNotFound', 404),
  ),
  cacheUser: kind('elasticache:User', 'user:', 'UserAlreadyExists', missing('UserNotFound', 404), 'active'),
  cacheUserGroup: kind('elasticache:UserGroup', 'usergroup:', 'UserGroupAlreadyExists', missing('UserGroupNotFound', 404), 'active'),
  cluster: kind('memorydb:Cluster', 'cluster/', 'ClusterAlreadyExistsFault', missing('ClusterNotFoundFault', 400)),
  subnetGroup: kind('memorydb:SubnetGroup', 'subnetgroup/', 'SubnetGroupAlreadyExistsFault', missing('SubnetGroupNotFoundFault', 400)),
  parameterGroup: kind('memorydb:ParameterGroup', 'parametergroup/', 'ParameterGroupAlreadyExistsFault', missing('ParameterGroupNotFoundFault', 400)),
  acl: kind('memorydb:ACL', 'acl/', 'ACLAlreadyExistsFault', missing('ACLNotFoundFault', 400), 'active'),
  memoryUser: kind('memorydb:User', 'user/', 'UserAlreadyExistsFault', missing('UserNotFoundFault', 400), 'active'),
};

function kind(type: ResourceType, arnPart: string, exists: string, missing: Kind['missing'], ready = 'available'): Kind {
  return { type, arnPart, exists, missing, ready, word: type.split(':')[1] ?? type };
}

function missing(code: string, status: number): Kind['missing'] {
  return { code, status };
}
