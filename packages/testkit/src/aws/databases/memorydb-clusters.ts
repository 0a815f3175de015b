import { AwsFault } from '../aws-fault.js';
import { endpointOf } from './endpoint.js';
import type { Handlers } from './handler.js';
import { kinds } from './kinds.js';
import { usersOfAcl } from './memorydb-access.js';
import { type KeptCluster, writeCluster } from './memorydb-cluster.js';
import { requireParameterGroup } from './parameter-groups.js';
import { contrary, flag, numberOf, required, requiredName, tagsOf, text, texts } from './parameters.js';

const kind = kinds.cluster;

export const clusterHandlers: Handlers = {
  async CreateCluster(call, { store, endpoints }) {
    const { parameters, region } = call;
    const name = requiredName(call, 'ClusterName');
    required(call, 'NodeType');
    const acl = required(call, 'ACLName').toLowerCase();
    const tls = flag(parameters, 'TLSEnabled', true);
    if (!tls && acl !== 'open-access')
      throw contrary(call, 'Clusters that do not have TLS enabled must use the "open-access" ACL to provide open authentication.');
    const engine = (text(parameters, 'Engine') ?? 'redis').toLowerCase();
    const subnetGroup = text(parameters, 'SubnetGroupName')?.toLowerCase();
    const parameterGroup = text(parameters, 'ParameterGroupName')?.toLowerCase();
    store.refuseExisting(kind, region, name);
    if (subnetGroup !== undefined) store.get(kinds.subnetGroup, region, subnetGroup);
    requireParameterGroup(store, kinds.parameterGroup, region, parameterGroup);
    const users = usersOfAcl(call, store, acl);
    const endpoint = await endpointOf(endpoints, { service: 'memorydb', identifier: name, engine, database: undefined, users, tls });
    const port = numberOf(parameters, 'Port', 6379);
    const cluster = store.add<KeptCluster>(kind, region, name, tagsOf(parameters), {
      parameters,
      engine,
      acl,
      subnetGroup,
      parameterGroup,
      securityGroups: texts(parameters, 'SecurityGroupIds'),
      endpoint: endpoint ?? { host: `clustercfg.${name}.fakeaw.memorydb.${region}.amazonaws.com`, port },
    });
    return { Cluster: writeCluster(cluster, 'creating', false) };
  },
  DescribeClusters(call, { store }) {
    const shown = store.look<KeptCluster>(kind, call.region, text(call.parameters, 'ClusterName')?.toLowerCase());
    const shards = flag(call.parameters, 'ShowShardDetails', false);
    return { Clusters: shown.map(({ resource, phase }) => writeCluster(resource, phase, shards)) };
  },
  DeleteCluster(call, { store }) {
    const cluster = store.get<KeptCluster>(kind, call.region, requiredName(call, 'ClusterName'));
    const phase = cluster.lifecycle.phase();
    if (phase === 'creating' || phase === 'deleting') {
      throw new AwsFault('InvalidClusterStateFault', `Cluster ${cluster.name} is ${phase}, which is not valid for deletion.`);
    }
    cluster.lifecycle.remove();
    return { Cluster: writeCluster(cluster, 'deleting', false) };
  },
};
