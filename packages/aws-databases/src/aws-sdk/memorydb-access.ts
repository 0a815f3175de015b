import type { MemorydbPort } from '../client.js';
import { created, found, removed, sendOptions, tagList, tagRecord } from './call.js';
import type { MemorydbLoader } from './memorydb-loader.js';

export function memorydbUsers(load: MemorydbLoader): MemorydbPort['users'] {
  return {
    find: async (name, call) =>
      found({ call: 'memorydb:DescribeUsers', resource: name }, async () => {
        const { sdk, client } = await load();
        const { Users = [] } = await client.send(new sdk.DescribeUsersCommand({ UserName: name }), sendOptions(call));
        const [user] = Users;
        if (user?.ARN === undefined) return undefined;
        const { TagList } = await client.send(new sdk.ListTagsCommand({ ResourceArn: user.ARN }), sendOptions(call));
        return { arn: user.ARN, state: user.Status ?? 'unknown', tags: tagRecord(TagList) };
      }),
    create: async ({ name, password, tags }, call) =>
      created({ call: 'memorydb:CreateUser', resource: name }, async () => {
        const { sdk, client } = await load();
        const AuthenticationMode = { Type: 'password' as const, Passwords: [password] };
        const input = { UserName: name, AuthenticationMode, AccessString: 'on ~* &* +@all', Tags: tagList(tags) };
        const { User } = await client.send(new sdk.CreateUserCommand(input), sendOptions(call));
        return { arn: User?.ARN ?? name, state: User?.Status ?? 'creating', tags };
      }),
    remove: async (name, call) =>
      removed({ call: 'memorydb:DeleteUser', resource: name }, async () => {
        const { sdk, client } = await load();
        return client.send(new sdk.DeleteUserCommand({ UserName: name }), sendOptions(call));
      }),
  };
}

export function memorydbAcls(load: MemorydbLoader): MemorydbPort['acls'] {
  return {
    find: async (name, call) =>
      found({ call: 'memorydb:DescribeACLs', resource: name }, async () => {
        const { sdk, client } = await load();
        const { ACLs = [] } = await client.send(new sdk.DescribeACLsCommand({ ACLName: name }), sendOptions(call));
        const [acl] = ACLs;
        if (acl?.ARN === undefined) return undefined;
        const { TagList } = await client.send(new sdk.ListTagsCommand({ ResourceArn: acl.ARN }), sendOptions(call));
        return { arn: acl.ARN, state: acl.Status ?? 'unknown', users: acl.UserNames ?? [], tags: tagRecord(TagList) };
      }),
    create: async ({ name, users, tags }, call) =>
      created({ call: 'memorydb:CreateACL', resource: name }, async () => {
        const { sdk, client } = await load();
        const { ACL } = await client.send(new sdk.CreateACLCommand({ ACLName: name, UserNames: [...users], Tags: tagList(tags) }), sendOptions(call));
        return { arn: ACL?.ARN ?? name, state: ACL?.Status ?? 'creating', users, tags };
      }),
    remove: async (name, call) =>
      removed({ call: 'memorydb:DeleteACL', resource: name }, async () => {
        const { sdk, client } = await load();
        return client.send(new sdk.DeleteACLCommand({ ACLName: name }), sendOptions(call));
      }),
  };
}
