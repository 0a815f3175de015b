import type { DatabaseService } from '@holdfast/aws-databases';
import type { FakeAws } from '@holdfast/testkit/aws';

export type Verb = 'provision' | 'destroy';

/** What a provisioner printed, and how it ended. */
export interface Ended {
  readonly ok: boolean;
  /** What came of it, or the error's `code` and `message`; empty where it was killed. */
  readonly said: string;
}

/** Something that a process of its own provisions and removes on a stand-in for AWS. */
export interface Subject {
  readonly aws: FakeAws;
  /** The database that it is, or has. */
  readonly service: DatabaseService;
  /** An empty account, and nothing on real servers of what a provisioning makes there. */
  empty(): Promise<void>;
  /** Runs a provisioner that notes in the folder to its end, or kills it by SIGKILL when the signal says so. */
  run(verb: Verb, folder: string, signal?: AbortSignal): Promise<Ended>;
}
