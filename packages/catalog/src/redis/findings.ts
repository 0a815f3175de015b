import type { CatalogFinding } from '@holdfast/core';
import type { Findings } from '../calls/parts.js';
import type { Keys } from './keys.js';
import type { Session } from './session.js';

/** Managed servers forbid CONFIG; INFO tells the same, where the user may ask. Of a cluster the node with the index is asked. */
export function createFindings(session: Session, keys: Keys): Findings {
  return {
    findings: (options) =>
      session.read(
        'catalog.findings',
        async (port) => {
          try {
            const [, info] = await port.sendTogether([
              ['exists', keys.schema],
              ['info', 'memory'],
            ]);
            return evictionOf(String(info));
          } catch (error) {
            if (error instanceof Error && error.message.startsWith('NOPERM')) return [];
            throw error;
          }
        },
        options,
      ),
  };
}

/** The policies named volatile take only keys with a time to live, and no record has one. Pure. */
function evictionOf(info: string): readonly CatalogFinding[] {
  const policy = /^maxmemory_policy:(\S+)/mu.exec(info)?.[1] ?? '';
  const limit = Number(/^maxmemory:(\d+)/mu.exec(info)?.[1] ?? 0);
  if (!policy.startsWith('allkeys-') || limit === 0) return [];
  return [
    {
      detail: `removes keys of the catalog when its memory is full (maxmemory-policy ${policy})`,
      remedy: 'Set maxmemory-policy to noeviction, in the parameter group of a managed server',
    },
  ];
}
