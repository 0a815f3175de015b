import type { ElasticachePort } from '../client.js';
import { asked, created, found, removed, sendOptions, tagList } from './call.js';
import type { ElasticacheLoader } from './elasticache-loader.js';

export function cacheParameterGroups(load: ElasticacheLoader): ElasticachePort['parameterGroups'] {
  return {
    find: async (name, call) =>
      found({ call: 'elasticache:DescribeCacheParameterGroups', resource: name }, async () => {
        const { sdk, client } = await load();
        const { CacheParameterGroups = [] } = await client.send(
          new sdk.DescribeCacheParameterGroupsCommand({ CacheParameterGroupName: name }),
          sendOptions(call),
        );
        return CacheParameterGroups[0] && { name, description: CacheParameterGroups[0].Description ?? '' };
      }),
    create: async ({ name, family, description, tags }, call) =>
      created({ call: 'elasticache:CreateCacheParameterGroup', resource: name }, async () => {
        const { sdk, client } = await load();
        const input = { CacheParameterGroupName: name, CacheParameterGroupFamily: family, Description: description, Tags: tagList(tags) };
        await client.send(new sdk.CreateCacheParameterGroupCommand(input), sendOptions(call));
        return { name, description };
      }),
    remove: async (name, call) =>
      removed({ call: 'elasticache:DeleteCacheParameterGroup', resource: name }, async () => {
        const { sdk, client } = await load();
        return client.send(new sdk.DeleteCacheParameterGroupCommand({ CacheParameterGroupName: name }), sendOptions(call));
      }),
    read: async (group, parameter, call) =>
      asked({ call: 'elasticache:DescribeCacheParameters', resource: group }, async () => {
        const { sdk, client } = await load();
        for await (const { Parameters = [] } of sdk.paginateDescribeCacheParameters(
          { client },
          { CacheParameterGroupName: group },
          sendOptions(call),
        )) {
          const there = Parameters.find(({ ParameterName }) => ParameterName === parameter);
          if (there !== undefined) return there.ParameterValue;
        }
        return undefined;
      }),
    set: async (group, parameter, value, call) =>
      asked({ call: 'elasticache:ModifyCacheParameterGroup', resource: group }, async () => {
        const { sdk, client } = await load();
        const ParameterNameValues = [{ ParameterName: parameter, ParameterValue: value }];
        await client.send(new sdk.ModifyCacheParameterGroupCommand({ CacheParameterGroupName: group, ParameterNameValues }), sendOptions(call));
      }),
  };
}
