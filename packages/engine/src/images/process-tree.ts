import { damaged, messagesOf } from './image-file.js';
import { decodeFields, everyNumber } from './message-fields.js';

const treeMagic = 0x50273030;
const fields = { pid: 1, parentPid: 2, threads: 5 };

/** Pids as the job sees them: a restore gives each process the same one again. */
export interface TreeProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** Of each of its threads, the first one's among them; none where it has ended. */
  readonly threads: readonly number[];
}

/** Decodes `pstree.img`; CRIU puts parents before their children. Throws with kind `corrupt`. */
export function decodeProcessTree(bytes: Uint8Array, name: string): readonly TreeProcess[] {
  return messagesOf(bytes, name, treeMagic).map((message) => {
    const { numbers } = decodeFields(message, name);
    const [pid, parentPid] = [numbers.get(fields.pid), numbers.get(fields.parentPid)];
    if (pid === undefined || parentPid === undefined) throw damaged(name, 'it has a process without a pid');
    return { pid, parentPid, threads: everyNumber(message, fields.threads, name) };
  });
}
