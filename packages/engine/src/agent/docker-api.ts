import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { http } from '../http.js';
import type { ContainerImage } from '../oci/container-image.js';
import { parseJson } from './launcher-conversation.js';
import { stopSignalNumber } from './stop-signal.js';

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What Docker notes of a container. */
export interface DockerState {
  readonly running: boolean;
  /** By `docker pause`. */
  readonly paused: boolean;
  /** False of one that was made, and not started yet. */
  readonly started: boolean;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** Of its last end, since 1970. */
  readonly finishedAtMs: number;
  /** What `docker stop` sends. */
  readonly stopSignal: number;
}

/** Of a container's last end, by Docker's events. */
export interface RememberedEnd {
  readonly exitCode: number;
  readonly finishedAtMs: number;
  /** Something in it was ended for lack of memory before. */
  readonly outOfMemory: boolean;
}

const longestAnswerBytes = 8 << 20;
const callMs = 3000;
const retryMs = 1000;
/** How long Docker may take to note the end of a container whose first process is gone. */
const noteMs = 10_000;

const listed = z.array(z.object({ Names: z.array(z.string()), ImageID: z.string().optional() }));
const image = z.object({ RootFS: z.object({ Layers: z.array(z.string()) }) });
const waited = z.object({ StatusCode: z.int() });
const inspected = z.object({
  State: z.object({
    Status: z.string().optional(),
    Running: z.boolean(),
    Paused: z.boolean().optional(),
    OOMKilled: z.boolean().optional(),
    ExitCode: z.int(),
    FinishedAt: z.string().optional(),
  }),
  Config: z.object({ StopSignal: z.string().optional() }).optional(),
});
const died = z.object({ Action: z.literal('die'), timeNano: z.number(), Actor: z.object({ Attributes: z.object({ exitCode: z.string() }) }) });
const lackedMemory = z.object({ Action: z.literal('oom') });

/** The little that the agent asks Docker. What Docker does not answer is undefined: nobody waits for it for long. */
export class DockerApi {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /**
   * A container's name, without its slash, and what it was made of; its id where Docker does not know it, no name where Docker does not answer. By the list:
   * an inspection waits for Docker to start the container, which waits for the agent.
   */
  async describe(id: string, tries = 1): Promise<{ readonly name: string | undefined; readonly image: ContainerImage | undefined }> {
    const filters = encodeURIComponent(JSON.stringify({ id: [id] }));
    const list = async (): Promise<z.infer<typeof listed> | undefined> =>
      listed.safeParse(
        bodyOf(await this.#call('GET', `/containers/json?all=1&filters=${filters}`, AbortSignal.timeout(callMs)).catch(() => undefined)),
      ).data;
    let containers = await list();
    for (let tried = 1; containers === undefined && tried < tries; tried += 1) {
      await delay(retryMs);
      containers = await list();
    }
    if (containers === undefined) return { name: undefined, image: undefined };
    const [found] = containers;
    const names = found?.Names ?? [];
    // A name of another container's link to it has a second slash.
    const name = names.map((each) => each.replace(/^\//, '')).find((each) => !each.includes('/')) ?? id;
    return { name, image: found?.ImageID === undefined ? undefined : await this.#image(found.ImageID) };
  }

  async #image(id: string): Promise<ContainerImage | undefined> {
    const answer = await this.#call('GET', `/images/${id}/json`, AbortSignal.timeout(callMs)).catch(() => undefined);
    const layers = image.safeParse(bodyOf(answer)).data?.RootFS.Layers ?? [];
    return layers.length === 0 ? undefined : { id, layers };
  }

  /** `gone`: Docker has no such container. Undefined where it does not answer: of a container that is just being started it does not. */
  async stateOf(id: string): Promise<DockerState | 'gone' | undefined> {
    const answer = await this.#call('GET', `/containers/${id}/json`, AbortSignal.timeout(callMs)).catch(() => undefined);
    if (answer?.status === 404) return 'gone';
    const found = inspected.safeParse(bodyOf(answer)).data;
    if (found === undefined) return undefined;
    const { State: state, Config: config } = found;
    return {
      running: state.Running,
      paused: state.Paused === true,
      started: state.Status !== 'created',
      exitCode: state.ExitCode,
      outOfMemory: state.OOMKilled === true,
      finishedAtMs: Date.parse(state.FinishedAt ?? ''),
      stopSignal: stopSignalNumber(config?.StopSignal),
    };
  }

  /** The last end of a container, as far as Docker, which keeps its last 256 events, remembers. It answers, too, while it starts the container again. */
  async rememberedEnd(id: string): Promise<RememberedEnd | undefined> {
    const filters = encodeURIComponent(JSON.stringify({ container: [id], event: ['die', 'oom'] }));
    const path = `/events?since=1&until=${Math.ceil(Date.now() / 1000)}&filters=${filters}`;
    const answer = await this.#call('GET', path, AbortSignal.timeout(callMs)).catch(() => undefined);
    const events = (answer?.text ?? '').split('\n').map(parseJson);
    const last = events.findLastIndex((event) => died.safeParse(event).success);
    const end = died.safeParse(events[last]).data;
    if (end === undefined) return undefined;
    const before = events.slice(0, last).findLastIndex((event) => died.safeParse(event).success);
    return {
      exitCode: Number(end.Actor.Attributes.exitCode),
      finishedAtMs: Math.floor(end.timeNano / 1e6),
      outOfMemory: events.slice(before + 1, last).some((event) => lackedMemory.safeParse(event).success),
    };
  }

  /**
   * The status of the next end of the container, which `ended` tells of. Asked for before it ends: one that is removed by its end can be asked no more.
   * Resolves after `ended`, with undefined where Docker does not tell.
   */
  async exitCode(id: string, ended: Promise<unknown>): Promise<number | undefined> {
    const over = new AbortController();
    const next = this.#nextExit(id, over.signal);
    await ended;
    try {
      const late = delay(noteMs, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
      return await Promise.race([next, this.#noted(id, over.signal), late]);
    } finally {
      over.abort();
    }
  }

  async #nextExit(id: string, signal: AbortSignal): Promise<number | undefined> {
    while (!signal.aborted) {
      const answer = await this.#call('POST', `/containers/${id}/wait?condition=next-exit`, signal).catch(() => undefined);
      if (answer?.status === 200) return waited.safeParse(bodyOf(answer)).data?.StatusCode;
      await delay(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
    return undefined;
  }

  /** Where the end came before the question. */
  async #noted(id: string, signal: AbortSignal): Promise<number | undefined> {
    while (!signal.aborted) {
      await delay(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
      const within = AbortSignal.any([signal, AbortSignal.timeout(callMs)]);
      const answer = await this.#call('GET', `/containers/${id}/json`, within).catch(() => undefined);
      const state = inspected.safeParse(bodyOf(answer)).data?.State;
      if (state?.Running === false && state.Status !== 'created') return state.ExitCode;
      // Removed: who waits for its end may still be told.
      if (answer?.status === 404) await delay(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (answer?.status === 404) return undefined;
    }
    return undefined;
  }

  #call(method: string, path: string, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = http().request({ socketPath: this.#socket, method, path, signal, headers: { host: 'docker' } }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
          if (text.length > longestAnswerBytes) call.destroy(new Error('Docker’s answer has no end'));
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      call.on('socket', (socket) => socket.unref());
      call.on('error', reject);
      call.end();
    });
  }
}

function bodyOf(answer: Answer | undefined): unknown {
  return answer === undefined ? undefined : parseJson(answer.text);
}
