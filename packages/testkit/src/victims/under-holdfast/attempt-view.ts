import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ControlGroup } from './control-group.js';
import { allPids, childrenOf, commandLineOf, descendantsOf, environmentOf, numbersIn, readProcess, readText } from './process-table.js';

/** A part of a run that can be killed by itself. */
export type Part = 'holdfast' | 'keeper' | 'repository' | 'criu' | 'runc' | 'twin' | 'pager' | 'spare' | 'main' | 'init';

/** What can be seen from outside of one attempt: its folder, its processes and its control group. */
export class AttemptView {
  readonly attempt: string;
  readonly holdfastPid: number;
  readonly group: ControlGroup;
  readonly #stateDirectory: string;

  constructor(attempt: string, holdfastPid: number, stateDirectory: string) {
    this.attempt = attempt;
    this.holdfastPid = holdfastPid;
    this.group = new ControlGroup(attempt);
    this.#stateDirectory = stateDirectory;
  }

  get directory(): string {
    return join(this.#stateDirectory, 'runs', this.attempt);
  }

  /** True once the init's end has been written down. */
  jobHasEnded(): boolean {
    return existsSync(join(this.directory, 'exit'));
  }

  /** True while the snapshot that is to be resumed is put on this machine. */
  isRestoring(): boolean {
    return existsSync(join(this.#stateDirectory, 'staging', this.attempt)) || existsSync(`/dev/shm/holdfast-${this.attempt}/staging`);
  }

  initPid(): number | undefined {
    return numbersIn(readText(join(this.directory, 'init.pid')))[0];
  }

  /** What Holdfast itself has started. */
  ownPids(): readonly number[] {
    return descendantsOf(this.holdfastPid);
  }

  /** Everything that belongs to the attempt, wherever it hangs in the tree by now. */
  allPids(): readonly number[] {
    const mark = `HOLDFAST_CONTAINER=holdfast-${this.attempt}`;
    const marked = allPids().filter((pid) => environmentOf(pid).includes(mark));
    return [...new Set([this.holdfastPid, ...this.ownPids(), ...marked, ...this.group.pids()])].filter((pid) => readProcess(pid) !== undefined);
  }

  /** The processes of one part; none where it does not run now. */
  pidsOf(part: Part): readonly number[] {
    switch (part) {
      case 'holdfast':
        return readProcess(this.holdfastPid) === undefined ? [] : [this.holdfastPid];
      case 'keeper':
      case 'twin':
      case 'pager':
      case 'spare':
        return this.#programs((words) => basename(words[0] ?? '') === `holdfast-${part}`);
      case 'repository':
        return childrenOf(this.holdfastPid).filter((pid) => commandLineOf(pid).some((word) => word.includes('repository/process-main')));
      case 'criu':
        return this.#programs((words) => words.some((word) => /(^|\/)criu$/.test(word)) && words.some((word) => word === 'swrk'));
      case 'runc':
        return this.#programs((words) => basename(words[0] ?? '') === 'runc');
      case 'init':
        return this.#living(this.initPid());
      case 'main': {
        const init = this.initPid();
        return init === undefined ? [] : childrenOf(init);
      }
    }
  }

  #programs(matches: (words: readonly string[]) => boolean): readonly number[] {
    return this.ownPids().filter((pid) => matches(commandLineOf(pid)));
  }

  #living(pid: number | undefined): readonly number[] {
    return pid === undefined || readProcess(pid) === undefined ? [] : [pid];
  }
}

/** The attempts that have left or are writing a folder, the newest first. */
export function attemptsIn(stateDirectory: string): readonly string[] {
  const folder = join(stateDirectory, 'runs');
  try {
    return readdirSync(folder)
      .map((name) => ({ name, changed: statSync(join(folder, name)).ctimeMs }))
      .sort((a, b) => b.changed - a.changed)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The process that an attempt's record names; undefined while there is none. */
export function ownerOf(stateDirectory: string, attempt: string): number | undefined {
  const text = readText(join(stateDirectory, 'runs', attempt, 'run.json'));
  const owner = /"owner":\{[^}]*"pid":(\d+)/.exec(text ?? '')?.[1];
  return owner === undefined ? undefined : Number(owner);
}
