import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What the agent does next: sends an object or raw text; a number: so many signs of life, one every 100 ms; `hear` waits for the launcher's next line, `leave`
 * goes away.
 */
export type Step = Readonly<Record<string, unknown>> | string | number;

/** Stands in for the agent: hears a call and answers every one by the same steps. */
export class ScriptedAgent implements AsyncDisposable {
  readonly heard: unknown[] = [];
  readonly #server = createServer((socket) => this.#serve(socket));
  readonly #steps: readonly Step[];
  readonly #sockets = new Set<Socket>();

  private constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  static async at(path: string, ...steps: readonly Step[]): Promise<ScriptedAgent> {
    const agent = new ScriptedAgent(steps);
    agent.#server.listen(path);
    await once(agent.#server, 'listening');
    return agent;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const left = [...this.#steps];
    let rest = '';
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (data: string) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        this.heard.push(JSON.parse(line));
        void answer(socket, left);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function answer(socket: Socket, left: Step[]): Promise<void> {
  for (let step = left.shift(); step !== undefined && step !== 'hear'; step = left.shift()) {
    if (step === 'leave') socket.destroy();
    else if (typeof step === 'number') await live(socket, step);
    else socket.write(typeof step === 'string' ? step : `${JSON.stringify(step)}\n`);
  }
}

async function live(socket: Socket, times: number): Promise<void> {
  for (let count = 0; count < times && !socket.destroyed; count += 1) {
    socket.write('{"wait":true}\n');
    await sleep(100);
  }
}
