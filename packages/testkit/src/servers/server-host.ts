/** What a server runs in: a process of this machine, or a container. Its disposal ends the server. */
export interface ServerHost extends AsyncDisposable {
  /** Resolves when `ready` does. Rejects with the end of the server's log where the server ends first, or the time is up. */
  start(ready: () => Promise<unknown>): Promise<void>;
  /** In order; by force where it takes more than ten seconds. Nothing happens where it is ended already. */
  stop(): Promise<void>;
  /** At once. Nothing happens where it is ended already. */
  kill(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The end of the server's log. */
  output(): Promise<string>;
}
