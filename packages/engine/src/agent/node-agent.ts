import { setTimeout as delay } from 'node:timers/promises';
import type { HoldfastError } from '@holdfast/core';
import { readRuncState } from '../container/adopted/runc-state.js';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import type { ActiveRun } from '../run/active-run.js';
import { notRunning } from '../run/control-client.js';
import { adoptContainer } from './adopt-container.js';
import type { AgentContext } from './agent-context.js';
import type { AgentCalls } from './agent-server.js';
import { ContainerEntry } from './container-entry.js';
import { type ContainerRecord, removeContainerRecord } from './container-record.js';
import { readSetup } from './container-setup.js';
import { createContainer } from './create-container.js';
import { noteEndOfRecord } from './ended-container.js';
import { assertNotHeldHere } from './job-holder.js';
import type { LauncherConversation } from './launcher-conversation.js';
import type { AgentCall, CreateCall } from './protocol.js';
import { type ClaimedJob, protectContainer } from './protect-container.js';
import { removeRelayedSignals } from './relayed-signals.js';
import type { AgentStatus, ProtectedJob, StoppedJob } from './types.js';
import type { UnprotectedList } from './unprotected-list.js';

const [stopSignalTries, stopSignalMs] = [30, 2000];
/** For the run of a container that has ended to note its end. */
const endMs = 60_000;

/** The containers of a node that asked for snapshots. */
export class NodeAgent implements AgentCalls {
  readonly #context: AgentContext;
  readonly #unprotected: UnprotectedList;
  readonly #startedAt: string;
  readonly #entries = new Map<string, ContainerEntry>();
  /** Those that are just being made. */
  readonly #made = new Set<ContainerEntry>();
  /** Of containers that ended while no agent ran. */
  readonly #ended = new Map<string, { readonly job: string; readonly settled: Promise<void>; readonly startsAgain: AbortController }>();
  /** Records that are just being removed, by container. */
  readonly #removals = new Map<string, Promise<void>>();
  /** Aborted when this agent ends. */
  readonly #leaving = new AbortController();

  constructor(context: Omit<AgentContext, 'assertNotHeldHere'>, unprotected: UnprotectedList) {
    const assertFree: AgentContext['assertNotHeldHere'] = (setup) =>
      assertNotHeldHere(setup, this.#entries.values(), (entry) => this.#made.has(entry));
    this.#context = { ...context, assertNotHeldHere: assertFree };
    this.#unprotected = unprotected;
    this.#startedAt = context.clock.now().toISOString();
  }

  protectedJobs(): readonly ProtectedJob[] {
    return [...this.#entries.values()].flatMap((entry) => entry.protectedJob() ?? []);
  }

  async status(): Promise<AgentStatus> {
    return {
      pid: this.#context.identity.pid,
      startedAt: this.#startedAt,
      containers: [...this.#entries.values()].map((entry) => entry.status()),
      unprotected: await this.#unprotected.counts(),
    };
  }

  async create(call: CreateCall, conversation: LauncherConversation): Promise<void> {
    try {
      const setup = await readSetup(this.#context, call);
      if (setup === undefined) return conversation.decide({ do: 'create' });
      for (const note of setup.notes) conversation.say(note);
      await this.#endThoseBefore(setup.id, setup.job, conversation.signal);
      // Docker may start it again at once, in the same folder.
      while (this.#removals.has(setup.id)) await this.#removals.get(setup.id);
      const entry = new ContainerEntry(setup, this.#context.clock.now().toISOString());
      this.#entries.set(setup.id, entry);
      this.#made.add(entry);
      try {
        const creation = await createContainer(this.#context, entry, conversation);
        if (creation.kind !== 'failed') return this.follow(entry, creation.kind === 'anew' ? creation.claimed : undefined);
        await this.#drop(entry);
        this.#fail(call.id, creation.failure, conversation);
      } catch (error) {
        await this.#drop(entry);
        throw error;
      } finally {
        this.#made.delete(entry);
      }
    } catch (error) {
      // Whoever gave up has said what becomes of it.
      if (!conversation.signal.aborted) await this.#refuse(call.id, asHoldfastError(error), conversation);
    }
  }

  async answer(call: Exclude<AgentCall, CreateCall>, gone: AbortSignal): Promise<unknown> {
    switch (call.call) {
      case 'started':
        this.#entries.get(call.id)?.tellStarted();
        return undefined;
      case 'kill':
        this.#entries.get(call.id)?.relayed(call.signal);
        return undefined;
      case 'pause':
        await this.#entries.get(call.id)?.container?.letPause(gone);
        return undefined;
      case 'deleted':
        void this.#deleted(call.id);
        return undefined;
      case 'status':
        return await this.#told();
      case 'snapshot':
        return await this.#runOf(call.job).snapshot();
      case 'stop':
        return await this.#stop(call.job);
    }
  }

  /** Takes on what a container is from now on: until it ends, or this agent does. */
  follow(entry: ContainerEntry, claimed?: ClaimedJob): void {
    this.#entries.set(entry.setup.id, entry);
    void this.#follow(entry, claimed).finally(() => entry.finish());
  }

  /** Notes how a container ended while no agent ran; a later one of its job waits for that. */
  settle(record: ContainerRecord): void {
    const startsAgain = new AbortController();
    const settled = noteEndOfRecord(this.#context, record, this.#leaving.signal, startsAgain.signal).then(async () => {
      this.#ended.delete(record.id);
      if (!this.#leaving.signal.aborted && !this.#entries.has(record.id)) await this.#removeRecord(record.id);
    });
    this.#ended.set(record.id, { job: record.job, settled, startsAgain });
  }

  /** Lets go of every container, for the next agent. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    await Promise.all(
      [...this.#entries.values()].map(async ({ over, container, run }) => {
        over.abort();
        container?.leave();
        await run?.leave();
      }),
    );
  }

  async #follow(entry: ContainerEntry, claimed: ClaimedJob | undefined): Promise<void> {
    const { id, job } = entry.setup;
    void this.#learnStopSignal(entry);
    try {
      if (entry.run === undefined) await protectContainer(this.#context, entry, claimed);
    } catch (error) {
      const failure = asHoldfastError(error);
      this.#context.logger.warn({ job, container: id, error: failure.message, hint: failure.hint }, 'a container is not protected');
      entry.goesUnprotected(failure.message);
      await this.#unprotected.add(id, failure.message);
      if (failure.kind === 'fenced') await this.#end(entry);
      return;
    }
    if (entry.run === undefined) return await this.#over(entry);
    await entry.run.result;
    await this.#forget(entry);
  }

  /** It ended before it was found: its job may have been claimed for it by an agent before. */
  async #over(entry: ContainerEntry): Promise<void> {
    const { id } = entry.setup;
    if (this.#leaving.signal.aborted || entry.record.attempts.length === 0 || this.#entries.get(id) !== entry) return await this.#forget(entry);
    this.#entries.delete(id);
    this.settle(entry.record);
  }

  /** Docker tells nothing of a container that is just being started. */
  async #learnStopSignal(entry: ContainerEntry): Promise<void> {
    for (let tries = 0; tries < stopSignalTries && !entry.over.signal.aborted; tries += 1) {
      const state = await this.#context.docker.stateOf(entry.setup.id);
      if (state === 'gone') return;
      entry.stopSignal = state?.stopSignal;
      if (state !== undefined) return;
      await delay(stopSignalMs, undefined, { signal: entry.over.signal, ref: false }).catch(() => undefined);
    }
  }

  async #told(): Promise<AgentStatus> {
    const status = await this.status();
    return { ...status, counted: await this.#context.options.counted?.(status) };
  }

  /** A job that another attempt has taken over must not go on here. */
  async #end({ setup }: ContainerEntry): Promise<void> {
    const container = await adoptContainer(this.#context, setup, []).catch(() => undefined);
    await container?.kill().catch((error: unknown) => this.#context.logger.error({ error: String(error) }, 'a container could not be ended'));
  }

  /** A run of the same job whose container is gone may still be noting how it ended. */
  async #endThoseBefore(id: string, job: string, signal: AbortSignal): Promise<void> {
    const late = new Promise<void>((resolve) => {
      AbortSignal.any([signal, AbortSignal.timeout(endMs)]).addEventListener('abort', () => resolve(), { once: true });
    });
    const ended = [...this.#ended].filter(([each, record]) => each === id || record.job === job);
    // Docker tells nothing more of it until this start is through.
    this.#ended.get(id)?.startsAgain.abort();
    await Promise.race([Promise.all(ended.map(([, { settled }]) => settled)), late]);
    for (const entry of [...this.#entries.values()].filter(({ setup }) => setup.id === id || setup.job === job)) {
      const isOther = entry.setup.id !== id;
      if (isOther && (this.#made.has(entry) || (await readRuncState(entry.setup.root, entry.setup.id)) !== undefined)) continue;
      if (entry.run === undefined) entry.over.abort();
      await Promise.race([entry.finished, late]);
    }
  }

  /** A job that has snapshots is not started anew for a failure of Holdfast's. */
  #fail(id: string, failure: HoldfastError, conversation: LauncherConversation): void {
    this.#context.logger.error({ container: id, code: failure.code, error: failure.message }, 'a container was not started');
    conversation.decide({ do: 'fail', message: wordsOf(failure) });
  }

  async #refuse(id: string, failure: HoldfastError, conversation: LauncherConversation): Promise<void> {
    this.#context.logger.warn({ container: id, code: failure.code, error: failure.message }, 'a container is not protected');
    conversation.say(`this container runs unprotected, no snapshot of it is taken: ${wordsOf(failure)}`);
    conversation.decide({ do: 'create' });
    await this.#unprotected.add(id, failure.message);
  }

  async #deleted(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    // What is still being settled is removed then.
    if (entry === undefined) return this.#ended.has(id) ? undefined : await this.#removeRecord(id);
    if (entry.run !== undefined) return;
    entry.over.abort();
    await entry.finished;
    await this.#forget(entry);
  }

  async #drop(entry: ContainerEntry): Promise<void> {
    await this.#forget(entry);
    entry.finish();
  }

  async #forget(entry: ContainerEntry): Promise<void> {
    if (this.#leaving.signal.aborted) return;
    const { id } = entry.setup;
    // A later container may have the same id: a restart.
    if (this.#entries.get(id) !== entry) return;
    this.#entries.delete(id);
    await this.#removeRecord(id);
  }

  async #removeRecord(id: string): Promise<void> {
    const removal = this.#remove(id);
    this.#removals.set(id, removal);
    await removal;
    if (this.#removals.get(id) === removal) this.#removals.delete(id);
  }

  async #remove(id: string): Promise<void> {
    const { stateDirectory, agent } = this.#context.config;
    await removeContainerRecord(stateDirectory, id).catch(() => undefined);
    await removeRelayedSignals(agent.socket, (each) => each !== id);
  }

  async #stop(job: string): Promise<StoppedJob> {
    const run = this.#runOf(job);
    // Held first: where no snapshot can be taken, the job goes on.
    await run.hold();
    const { outcome, lastSnapshot } = await run.stop();
    return { job, outcome, lastSnapshot };
  }

  #runOf(job: string): ActiveRun {
    const run = [...this.#entries.values()].find(({ setup, run: each }) => setup.job === job && each !== undefined)?.run;
    if (run === undefined) throw notRunning(job);
    return run;
  }
}

function wordsOf({ message, hint }: HoldfastError): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}
