import { join } from 'node:path';

/** Where the parts of one container lie. */
export interface ContainerLayout {
  readonly bundle: string;
  /** Empty on disk: the keeper binds `/` on it in a mount namespace of its own. */
  readonly rootfs: string;
  readonly config: string;
  readonly criuConfig: string;
  readonly initFolder: string;
  /** Empty stand-ins for what a machine lacks. */
  readonly missing: string;
  readonly pidFile: string;
  readonly exitFile: string;
  /** The keeper's identity, for who must end what is left. */
  readonly record: string;
  /** CRIU and what started it, while a dump runs. */
  readonly helpers: string;
  readonly runcLog: string;
  /** CRIU's logs of a restore. */
  readonly work: string;
}

export function layoutOf(runDirectory: string): ContainerLayout {
  const inside = (name: string): string => join(runDirectory, name);
  return {
    bundle: inside('bundle'),
    rootfs: join(inside('bundle'), 'rootfs'),
    config: join(inside('bundle'), 'config.json'),
    criuConfig: inside('criu.conf'),
    initFolder: inside('init'),
    missing: inside('missing'),
    pidFile: inside('init.pid'),
    exitFile: inside('exit'),
    record: inside('container.json'),
    helpers: inside('helpers.json'),
    runcLog: inside('runc.log'),
    work: inside('restore'),
  };
}

export function runcRoot(stateDirectory: string): string {
  return join(stateDirectory, 'runc');
}

/** Relative: below the caller's own control groups. */
export function cgroupPathOf(id: string): string {
  return `holdfast/${id}`;
}
