import { existsSync, writeFileSync } from 'node:fs';
import { pidsOfGroup, readText } from './process-table.js';

/** The control group of one attempt's container, in whichever version of control groups this machine has. */
export class ControlGroup {
  readonly folder: string;
  readonly #old: boolean;

  constructor(attempt: string) {
    this.#old = existsSync('/sys/fs/cgroup/freezer');
    this.folder = `${this.#old ? '/sys/fs/cgroup/freezer' : unifiedBase()}/holdfast/holdfast-${attempt}`;
  }

  exists(): boolean {
    return existsSync(this.folder);
  }

  pids(): readonly number[] {
    return pidsOfGroup(this.folder);
  }

  /** True while it stands still, or is about to. */
  isFrozen(): boolean {
    return this.#old ? /^FREEZING|^FROZEN/m.test(this.#state('freezer.state')) : /^1/m.test(this.#state('cgroup.freeze'));
  }

  /** As a machine that goes away does not leave a process behind: on version 1 a frozen one dies only when it is thawed. */
  thaw(): void {
    try {
      writeFileSync(`${this.folder}/${this.#old ? 'freezer.state' : 'cgroup.freeze'}`, this.#old ? 'THAWED' : '0', { flag: 'r+' });
    } catch {
      // Gone, which is as good.
    }
  }

  #state(file: string): string {
    return readText(`${this.folder}/${file}`) ?? '';
  }
}

/** runc makes the group beside that of the caller, which has processes and so can have no children. */
function unifiedBase(): string {
  const own = /^0::(.*)$/m.exec(readText('/proc/self/cgroup') ?? '')?.[1] ?? '/';
  return `/sys/fs/cgroup${own.replace(/\/[^/]*$/, '')}`;
}
