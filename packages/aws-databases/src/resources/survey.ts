import type { CallOptions, PlannedResource, StorageState } from '@holdfast/core';
import { isOurs, type Managed, whoseItIs } from './managed.js';

/** What is known of one resource, without changing anything. */
export interface Surveyed {
  readonly planned: PlannedResource;
  readonly state: StorageState;
  readonly reason: string | undefined;
  /** True where it has the name and is neither Holdfast's nor to be adopted. */
  readonly foreign: boolean;
}

/** Looks at it: what `provision` would do with it, and how it is. */
export async function survey<Found>(managed: Managed<Found>, call: CallOptions): Promise<Surveyed> {
  const { kind, name, label, detail, adopt } = managed;
  const found = await managed.find(call);
  if (found === undefined) {
    const planned: PlannedResource = { kind, name, action: adopt ? 'adopt' : 'create', detail };
    return { planned, state: 'absent', reason: adopt ? `${label} is to be adopted and is not there` : undefined, foreign: false };
  }
  const ours = isOurs(managed, found);
  const planned: PlannedResource = { kind, name, action: ours ? 'none' : 'adopt', detail: managed.idOf(found) };
  if (!ours && !adopt) return { planned, state: 'failed', reason: `${label} ${whoseItIs(managed, found)}`, foreign: true };
  const standing = managed.standingOf(found);
  if (standing.standing === 'ready') return { planned, state: 'ready', reason: undefined, foreign: false };
  if (standing.standing !== 'failed') return { planned, state: 'creating', reason: `${label} is '${standing.state}'`, foreign: false };
  const reason = (await managed.reason?.(call).catch(() => undefined)) ?? standing.reason;
  return { planned, state: 'failed', reason: `${label} is '${standing.state}': ${reason}`, foreign: false };
}

/** The worst of all: failed before creating before absent. */
export function stateOf(surveyed: readonly Surveyed[]): { readonly state: StorageState; readonly reason: string | undefined } {
  const worst = (['failed', 'creating'] as const).map((state) => surveyed.find((each) => each.state === state)).find((each) => each !== undefined);
  if (worst !== undefined) return { state: worst.state, reason: worst.reason };
  const missing = surveyed.filter(({ state }) => state === 'absent');
  if (missing.length === 0) return { state: 'ready', reason: undefined };
  if (missing.length === surveyed.length) return { state: 'absent', reason: missing[0]?.reason };
  return { state: 'degraded', reason: `not there: ${missing.map(({ planned }) => `${planned.kind} ${planned.name}`).join(', ')}` };
}
