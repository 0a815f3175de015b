import { z } from 'zod';

/** What launchers, and the command line, say to the agent: JSON lines, one connection a call, `v` 1. */
export interface CreateCall {
  readonly call: 'create';
  readonly id: string;
  /** Folder of the OCI bundle. */
  readonly bundle: string;
  /** runc's --root. */
  readonly root: string;
}

export type AgentCall =
  | CreateCall
  | { readonly call: 'started' | 'deleted'; readonly id: string }
  /** Before runc does it. It is answered once that harms no snapshot, and none begins as long as the connection is open. */
  | { readonly call: 'pause'; readonly id: string }
  /** Before runc sends it; 0: one that is not known. */
  | { readonly call: 'kill'; readonly id: string; readonly signal: number }
  | { readonly call: 'status' }
  | { readonly call: 'snapshot' | 'stop'; readonly job: string };

const version = z.literal(1);
/** As runc takes them; it becomes the name of a folder. */
const id = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,255}$/);
const absolutePath = z.string().startsWith('/').max(4096);
const job = z.string().min(1).max(256);

export const agentCall: z.ZodType<AgentCall> = z.discriminatedUnion('call', [
  z.object({ v: version, call: z.literal('create'), id, bundle: absolutePath, root: absolutePath }),
  z.object({ v: version, call: z.enum(['started', 'deleted', 'pause']), id }),
  z.object({ v: version, call: z.literal('kill'), id, signal: z.int().default(0) }),
  z.object({ v: version, call: z.literal('status') }),
  z.object({ v: version, call: z.enum(['snapshot', 'stop']), job }),
]);

/** Follows on a `create` that was answered with `restore`. */
export interface RestoredLine {
  /** Of runc. */
  readonly status: number;
  readonly timedOut: boolean;
  readonly logOverflow: boolean;
}

export const restoredLine: z.ZodType<RestoredLine> = z.object({
  call: z.literal('restored'),
  status: z.int(),
  timedOut: z.boolean().default(false),
  logOverflow: z.boolean().default(false),
});

/** What the launcher of a container is to do next. */
export type Verdict =
  | { readonly do: 'create' }
  /** Restore from CRIU's images; logs go to `work`. */
  | { readonly do: 'restore'; readonly images: string; readonly work: string; readonly deadlineMs: number }
  /** The restore was good. */
  | { readonly do: 'done' }
  | { readonly do: 'fail'; readonly message: string };

/** What the agent says to a launcher. */
export type LauncherLine =
  /** For the container's log. */
  | { readonly say: string }
  /** A sign of life: a launcher gives up an agent that says nothing for 5 s. */
  | { readonly wait: true }
  /** The job has snapshots: a launcher that loses the agent from here on does not start it anew. Said again whenever its resume gets on. */
  | { readonly resuming: true }
  /** From here on the container's files are not as Docker made them: a launcher that loses the agent now must not start it. */
  | { readonly touched: true }
  | Verdict;
