export interface InstallDockerOptions {
  /** The tree of the machine: `/` for this one. In another one nothing is started. */
  readonly root: string;
  /** Containers whose line names no runtime go through Holdfast too. */
  readonly defaultRuntime: boolean;
  /** holdfast-runc, as that machine sees it, or at its place in the tree. */
  readonly launcher: string;
  /** The real runc and the criu, where they are not to be looked for. */
  readonly runc: string | undefined;
  readonly criu: string | undefined;
  /** What starts `holdfast`, likewise. */
  readonly program: readonly string[];
  /** What the configuration file is to hold where there is none. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What of it was asked for: a file that is there and says something else is refused. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly agentSocket: string;
  /** Told of what changed; undefined: nobody is. */
  readonly services?: MachineServices | undefined;
}

export interface UninstallDockerOptions {
  readonly root: string;
  /** Told of what changed; undefined: nobody is. */
  readonly services?: MachineServices | undefined;
}

/** The services of a machine that runs. */
export interface MachineServices {
  /** One call of systemctl; rejects where it fails. */
  readonly systemctl: (...words: readonly string[]) => Promise<void>;
  /** Undefined where Docker does not answer. */
  readonly dockerInfo: () => Promise<DockerInfo | undefined>;
}

export interface DockerInfo {
  readonly defaultRuntime: string;
  /** Their names. */
  readonly runtimes: readonly string[];
}

/** What was done to a file, by its path; `left`: it is as it was, for the reason that is told. */
export interface InstallChange {
  readonly file: string;
  readonly did: 'made' | 'changed' | 'removed' | 'restored' | 'left';
  readonly reason?: string | undefined;
}

export interface InstallReport {
  readonly changes: readonly InstallChange[];
  /** Whether the running services know: `docker-not-told` where it has to be restarted, or does not run; `untouched` in another tree, and where systemd does not run. */
  readonly services: 'told' | 'docker-not-told' | 'untouched';
  /** Sentences on what has to be done before it works. */
  readonly warnings?: readonly string[];
}
