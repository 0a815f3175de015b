import { damaged, messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';

const coreMagic = 0x55053847;
const taskOfCore = 3;
const subreaperOfTask = 18;

/** Whether orphans below the process come to it (PR_SET_CHILD_SUBREAPER). Decodes `core-PID.img`. Throws with kind `corrupt`. */
export function decodeIsSubreaper(bytes: Uint8Array, name: string): boolean {
  const [message] = messagesOf(bytes, name, coreMagic);
  if (message === undefined) throw damaged(name, 'it is empty');
  const task = decodeFields(message, name).nested.get(taskOfCore);
  return task !== undefined && decodeFields(task, name).numbers.get(subreaperOfTask) === 1;
}
