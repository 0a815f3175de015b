import type { MemoryRewrite } from '../images/rewrite-memory.js';

/** Of a container's environment: where it asks ECS for the credentials of its role, as a path of the agent's own address. */
export const credentialsVariable = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';

const shape = /^(\/v\d+\/credentials\/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * ECS gives each container a path of its own, and answers to it only while that container's task lives. A resumed process has the old one in its memory:
 * every copy of it becomes the new container's. Both are of one length, so nothing else moves. The old path itself is kept nowhere: any
 * path of this shape is taken for it. Undefined where the container has none, or one of another shape.
 */
export function credentialsRewrite(environment: ReadonlyMap<string, string>): MemoryRewrite | undefined {
  const value = environment.get(credentialsVariable);
  const prefix = value === undefined ? undefined : shape.exec(value)?.[1];
  if (value === undefined || prefix === undefined) return undefined;
  return { prefix, rest: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, value };
}
