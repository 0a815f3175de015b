import { HoldfastError } from '../../errors/holdfast-error.js';
import type { StorageStatus } from '../storage-driver.js';

/** Why `destroy` refuses storage of this status; undefined where nothing uses it. Pure. */
export function storageInUse(
  name: string,
  { sessions, lasting, root }: Pick<StorageStatus, 'sessions' | 'lasting' | 'root'>,
): HoldfastError | undefined {
  const [first] = sessions;
  if (first === undefined && !lasting) return undefined;
  const who = first === undefined ? 'it stays attached on this machine' : sessions.slice(0, 3).map(sessionText).join(', ');
  return new HoldfastError('HF_STORAGE_IN_USE', {
    kind: 'conflict',
    message: `${name} is in use: ${who}${sessions.length > 3 ? ` and ${sessions.length - 3} more` : ''}`,
    operation: 'storage.destroy',
    context: root === undefined ? {} : { root },
    hint: first === undefined ? 'Detach it first: holdfast storage detach' : 'End these first; holdfast storage status tells them',
  });
}

function sessionText({ host, pid }: StorageStatus['sessions'][number]): string {
  return pid === undefined ? `a process on ${host}` : `process ${pid} on ${host}`;
}
