import type { Parameters } from './aws-call.js';

type Node = Map<string, Node | string>;

/**
 * The parameters of the query protocols, `Tags.Tag.1.Key=a`, as nested objects and lists. The name between a list and its numbers is left
 * out, whether it is `member` or the name of what is in it.
 */
export function queryParameters(body: string): Parameters {
  const root: Node = new Map();
  for (const [key, value] of new URLSearchParams(body)) insert(root, key.split('.'), value);
  const parameters = plain(root);
  return isRecord(parameters) ? parameters : {};
}

function insert(node: Node, path: readonly string[], value: string): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    node.set(head, value);
    return;
  }
  const there = node.get(head);
  const child: Node = there instanceof Map ? there : new Map();
  node.set(head, child);
  insert(child, rest, value);
}

function plain(node: Node | string): unknown {
  if (typeof node === 'string') return node;
  if (isNumbered(node)) return inOrder(node);
  const [only] = node.values();
  if (node.size === 1 && only instanceof Map && isNumbered(only)) return isListName(node) ? inOrder(only) : { [firstKey(node)]: inOrder(only) };
  return Object.fromEntries([...node].map(([key, value]) => [key, plain(value)]));
}

/** Whether the only name in a node is the one that stands between a list and its numbers: those are singular. */
function isListName(node: Node): boolean {
  return !firstKey(node).endsWith('s');
}

function firstKey(node: Node): string {
  return node.keys().next().value ?? '';
}

function isNumbered(node: Node): boolean {
  return node.size > 0 && [...node.keys()].every((key) => /^\d+$/.test(key));
}

function inOrder(node: Node): unknown[] {
  return [...node].sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => plain(value));
}

function isRecord(value: unknown): value is Parameters {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
