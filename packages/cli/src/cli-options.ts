import type { Readable, Writable } from 'node:stream';
import type { DatabasePorts } from '@holdfast/aws-databases';
import type { CatalogPlugin, Clock, StoragePlugin } from '@holdfast/core';
import type {
  AgentClient,
  Deployment,
  InstallDockerOptions,
  InstallReport,
  MachineServices,
  OpenDeployment,
  OpenDeploymentOptions,
  UninstallDockerOptions,
} from '@holdfast/engine';
import type { SignalSource } from './process/signals.js';
import type { Streams } from './render/streams.js';
import type { Environment } from './settings/variables.js';

/** Everything that the command touches, so that a test can hold all of it. */
export interface CliOptions {
  /** Without the program's and the script's name. */
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly workingDirectory: string;
  readonly streams: Streams;
  /** For what is no text. Asked for only by commands that pass such on: the job's streams are not touched. */
  readonly bytes: { readonly stdin: () => Readable; readonly stdout: () => Writable };
  readonly signals: SignalSource;
  readonly clock: Clock;
  /** The catalogs of this build, and the drivers that a storage of this type or scheme needs; asked for only by commands that need them. */
  readonly loadPlugins: (storageKind: string) => Promise<Plugins>;
  /** What makes databases of AWS; asked for only by the commands that make and remove them. */
  readonly loadDatabasePorts: (region: string | undefined) => Promise<DatabasePorts>;
  /** What sets Docker and the agent up on a machine, and undoes it. */
  readonly loadInstaller: () => Promise<Installer>;
  /** What starts this command: a program and its first words. */
  readonly program: readonly string[];
  /** A client of the agent that listens there. */
  readonly agentClient: (socket: string) => Promise<AgentClient>;
  readonly openDeployment: (what: OpenDeployment, options?: OpenDeploymentOptions) => Promise<Deployment>;
}

export interface Installer {
  readonly installDocker: (options: InstallDockerOptions) => Promise<InstallReport>;
  readonly uninstallDocker: (options: UninstallDockerOptions) => Promise<InstallReport>;
  /** Undefined where systemd does not run this machine. */
  readonly servicesHere: () => Promise<MachineServices | undefined>;
}

export interface Plugins {
  readonly drivers: readonly StoragePlugin[];
  readonly catalogs: readonly CatalogPlugin[];
}
