import { access } from 'node:fs/promises';

/** Whether this kernel lets a process wait for pages that come later (Linux 5.2 with CONFIG_USERFAULTFD; CRIU checks the details). */
export function canBeLazy(path: string = '/proc/sys/vm/unprivileged_userfaultfd'): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
