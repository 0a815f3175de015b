import * as z from 'zod';
import { defaultAgentSocket } from './defaults.js';
import { absolutePathField, durationField } from './fields.js';

/** The node's agent, which looks after Docker's containers. */
export interface AgentConfig {
  /** Where it listens. Default `/run/holdfast/agent.sock`. */
  readonly socket: string;
  /** Comes before the name of every job of this node, with a dot between. Default: undefined, nothing does. */
  readonly namespace: string | undefined;
  /** What containers may write for the root of the attached storage in MMC_CHECKPOINT_IMAGE_PATH, beside its own path. Default none. */
  readonly imagePaths: readonly string[];
  /** How long a container whose job has, or may have, snapshots waits for a storage that does not answer. Default 60 s. */
  readonly storageWaitMs: number;
  /** Where that time is over and nobody has told whether the job has snapshots: the container starts anew, or fails to start. Default `start`. */
  readonly storageUnknown: 'start' | 'fail';
  /** Where a snapshot is of a container of another image: it is refused, or resumed with a warning. Default `refuse`. */
  readonly otherImage: 'refuse' | 'warn';
  readonly docker: {
    /** Docker's own socket. Default `/var/run/docker.sock`. */
    readonly socket: string;
  };
  readonly spot: {
    /** `auto`: where this machine is one of EC2. Default `auto`. */
    readonly watch: 'auto' | 'on' | 'off';
    /** The instance's metadata service. Default `http://169.254.169.254`. */
    readonly endpoint: string;
    /** From one look to the next, 5s at most. Default 5s. */
    readonly intervalMs: number;
  };
  readonly metrics: {
    /** Where Prometheus may read. Default: undefined, nowhere. */
    readonly listen: ListenAddress | undefined;
  };
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const longestSpotIntervalMs = 5000;

/** The section `agent` as it is written. */
export const agentSection: z.ZodType<AgentConfig, AgentDocument> = z
  .strictObject({
    socket: absolutePathField('Where the agent listens.').prefault(defaultAgentSocket),
    namespace: z
      .string()
      // As the identity of a container's job takes it: a dot ends it.
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/u, {
        error: (issue) => `'${String(issue.input)}' is no beginning of a job's name: letters, digits, _ and -, 32 at most`,
      })
      .meta({ description: "Comes before the name of every container's job, with a dot between." })
      .optional(),
    imagePaths: z
      .array(absolutePathField('A path.'))
      .meta({ description: 'What containers may write for the root of the storage in MMC_CHECKPOINT_IMAGE_PATH, beside its own path.' })
      .prefault([]),
    storageWait: durationField('How long a container whose job has, or may have, snapshots waits for a storage that does not answer.').prefault(
      '60s',
    ),
    storageUnknown: z
      .enum(['start', 'fail'])
      .meta({
        description: 'What becomes of a container after that where nobody has told whether its job has snapshots: it starts anew, or fails to start.',
      })
      .prefault('start'),
    otherImage: z
      .enum(['refuse', 'warn'])
      .meta({ description: 'Where a snapshot is of a container of another image: it is refused, or resumed with a warning.' })
      .prefault('refuse'),
    docker: z.strictObject({ socket: absolutePathField("Docker's own socket.").prefault('/var/run/docker.sock') }).prefault({}),
    spot: z
      .strictObject({
        watch: z
          .enum(['auto', 'on', 'off'])
          .meta({ description: 'Whether to look out for the notice of a Spot interruption; auto: where this machine is one of EC2.' })
          .prefault('auto'),
        endpoint: z
          .string()
          .refine(isHttpUrl, { error: (issue) => `'${String(issue.input)}' is no http: URL without a path` })
          .meta({ description: "The instance's metadata service." })
          .prefault('http://169.254.169.254'),
        interval: durationField('From one look for a notice to the next, 5s at most.')
          .refine((ms) => ms > 0 && ms <= longestSpotIntervalMs, { error: 'it is not between 1ms and 5s' })
          .prefault('5s'),
      })
      .prefault({}),
    metrics: z
      .strictObject({
        listen: z
          .string()
          .meta({ description: 'An address and a port where Prometheus may read, such as 127.0.0.1:9464; by default nowhere.' })
          .transform((text, context) => {
            const address = listenAddress(text);
            if (address !== undefined) return address;
            context.issues.push({
              code: 'custom',
              input: text,
              message: `'${text}' is no address and port`,
              params: { hint: 'Write it like 127.0.0.1:9464' },
            });
            return z.NEVER;
          })
          .optional(),
      })
      .prefault({}),
  })
  .transform(
    ({ socket, namespace, imagePaths, storageWait, storageUnknown, otherImage, docker, spot, metrics }): AgentConfig => ({
      socket,
      namespace,
      imagePaths,
      storageWaitMs: storageWait,
      storageUnknown,
      otherImage,
      docker,
      spot: { watch: spot.watch, endpoint: spot.endpoint.replace(/\/$/u, ''), intervalMs: spot.interval },
      metrics: { listen: metrics.listen },
    }),
  );

interface AgentDocument {
  readonly socket?: string | undefined;
  readonly namespace?: string | undefined;
  readonly imagePaths?: string[] | undefined;
  readonly storageWait?: string | undefined;
  readonly storageUnknown?: 'start' | 'fail' | undefined;
  readonly otherImage?: 'refuse' | 'warn' | undefined;
  readonly docker?: { readonly socket?: string | undefined } | undefined;
  readonly spot?:
    | { readonly watch?: 'auto' | 'on' | 'off' | undefined; readonly endpoint?: string | undefined; readonly interval?: string | undefined }
    | undefined;
  readonly metrics?: { readonly listen?: string | undefined } | undefined;
}

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    url.protocol === 'http:' &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === ''
  );
}

function listenAddress(text: string): ListenAddress | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/u.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}
