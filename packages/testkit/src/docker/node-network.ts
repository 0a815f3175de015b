import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Reads what never comes: the network lives until the reader is killed or this process, which holds the other end, dies. */
const hold = '"$0" ip link set lo up && echo up && read -r _';

/**
 * Makes a network of a node's own; returns what runs a command in it. The command line of the process that holds it names the node's folder, so that it
 * ends with the node.
 */
export async function createNetwork(programs: string, folder: string): Promise<readonly string[]> {
  const command = ['--net', '/bin/sh', '-c', hold, join(programs, 'busybox'), join(folder, 'network')];
  const holder = spawn('unshare', command, { cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder, 'spawn');
  const ended = once(holder, 'exit').then(([status]) =>
    Promise.reject(new Error(`a network for a node could not be made: status ${String(status)}`)),
  );
  await Promise.race([once(holder.stdout, 'data'), ended]);
  // From here on its end is that of the node.
  ended.catch(() => undefined);
  return ['nsenter', `--net=/proc/${holder.pid}/ns/net`, '--'];
}
