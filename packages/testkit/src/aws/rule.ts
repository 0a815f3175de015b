import type { LifecyclePlan } from './lifecycle.js';

/** What a fake AWS does at certain calls, instead of or beside what it would. */
export interface CallRule {
  /** `service:Operation`, for example `rds:CreateDBInstance`. A star stands for any ending: `rds:Describe*`, `rds:*`, `*`. */
  readonly on: string;
  /** Calls about this resource only, by its name. */
  readonly resource?: string;
  /** Only from the first success of this call on, written as `on` is. */
  readonly after?: string;
  /** So many of those calls pass before it begins. Default: 0. */
  readonly skip?: number;
  /** How often it happens. Default: once; `Infinity` for as long as the rule is there. */
  readonly times?: number;
  readonly effect: Effect;
}

/** Apart from a delay each ends the call: the first rule that fits and is not used up is the one that counts. */
export type Effect =
  /** The call waits, then goes on, or does what another rule says. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** An error of the service. Default status: 400. */
  | { readonly kind: 'fault'; readonly code: string; readonly message?: string; readonly status?: number }
  /** The service's own word for too many requests. */
  | { readonly kind: 'throttle' }
  /** The service's own word for a right that is missing. */
  | { readonly kind: 'deny' }
  /** A page for people, as a load balancer writes it. Default status: 503. */
  | { readonly kind: 'html'; readonly status?: number }
  /** No answer, until the client gives up. The call has no effect. */
  | { readonly kind: 'hang' }
  /** The connection is closed without an answer: `before` the call had its effect, or `after` it. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' };

/** What becomes of resources of a kind that are made from now on. */
export interface ResourceRule extends LifecyclePlan {
  readonly of: ResourceType;
  /** Only the one of this name. Default: each. */
  readonly named?: string;
  /** How many of them. Default: each. */
  readonly times?: number;
}

/** What has states here; all else is there and gone at once. */
export type ResourceType =
  | 'rds:DBInstance'
  | 'rds:DBSubnetGroup'
  | 'rds:DBParameterGroup'
  | 'elasticache:ReplicationGroup'
  | 'elasticache:CacheSubnetGroup'
  | 'elasticache:CacheParameterGroup'
  | 'elasticache:User'
  | 'elasticache:UserGroup'
  | 'memorydb:Cluster'
  | 'memorydb:SubnetGroup'
  | 'memorydb:ParameterGroup'
  | 'memorydb:ACL'
  | 'memorydb:User';

export type Rule = CallRule | ResourceRule;

/** A rule that was given; its disposal takes it back. */
export interface ScriptedRule extends Disposable {
  /** How often it happened. */
  used(): number;
}

/** Whether a call's name, `service:Operation`, is one that a pattern means. */
export function meansCall(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
