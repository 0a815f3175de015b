export type { CallCount, CallRecord } from './call-log.js';
export type { DatabaseUser, Endpoint, EndpointSource, EndpointSources, MadeDatabase } from './databases/endpoint.js';
export type { FakeAws, FakeAwsClient, FakeAwsOptions } from './fake-aws.js';
export type { CutOptions } from './gate.js';
export type { InventoryItem } from './inventory.js';
export type { LifecyclePlan, Span } from './lifecycle.js';
export type { CallRule, Effect, ResourceRule, ResourceType, Rule, ScriptedRule } from './rule.js';
export { startFakeAws } from './start-fake-aws.js';
