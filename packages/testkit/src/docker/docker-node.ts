import type { ImageContent } from './docker-image.js';
import type { CommandOptions, CommandResult } from './run-command.js';

export interface DockerOptions {
  /** The programs that run containers, by name; `docker run --runtime NAME` takes one. */
  readonly runtimes?: Readonly<Record<string, string>>;
  /** Goes over the rest of daemon.json: `default-runtime`, `live-restore`, … */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * `shared`: the daemon is in the machine's own network and has no bridge; containers have `--network none` or `host`. `own`: it has a network of its own, with a
   * bridge, published ports and rules that no other sees. Default `shared`.
   */
  readonly network?: 'shared' | 'own';
}

/**
 * A Docker of a test: its daemon, containerd, shims, data, sockets and control groups are its own, so that several on one machine stand for several nodes.
 * Mounts and process numbers are the machine's, as on a real node. Its disposal, and the death of the test's process, ends and removes all of it.
 */
export interface DockerNode extends AsyncDisposable {
  readonly folder: string;
  /** The path of the daemon's API. */
  readonly socket: string;
  /** The `--root` that runtimes are called with. */
  readonly runtimeRoot: string;
  /** Docker's client and the other programs are first on its PATH, and the client talks to this daemon. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs Docker's client; returns what it wrote, without the last line's end. Rejects with its words where its status is not 0. */
  docker(parameters: readonly string[], options?: CommandOptions): Promise<string>;
  /** The same for any status. */
  tryDocker(parameters: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Makes an image of programs of this machine. */
  importImage(name: string, content?: ImageContent): Promise<void>;
  /** The command line that runs something in the network of this node's `host`. */
  inNetwork(command: readonly string[]): readonly string[];
  /** SIGKILL to dockerd and containerd alone. Containers live on. */
  killDaemon(): Promise<void>;
  /** The daemon once more, on the same data. Nothing happens where it runs. */
  startDaemon(): Promise<void>;
  /** In order. */
  stopDaemon(): Promise<void>;
  /** As a node that loses its power: SIGKILL to the daemons, the shims and every process of its containers. Its data stay, and its mounts, which a power loss would not leave. */
  kill(): Promise<void>;
  /** The end of the daemon's log. */
  log(): Promise<string>;
}
