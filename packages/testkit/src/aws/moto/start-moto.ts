import { request } from 'node:http';
import { join } from 'node:path';
import { freePort } from '../../servers/free-port.js';
import { serverProgram } from '../../servers/programs.js';
import { createScratchFolder } from '../../servers/scratch-folder.js';
import { startProcess } from '../../servers/server-process.js';

const readyTimeoutMs = 60_000;

export interface Moto extends AsyncDisposable {
  readonly port: number;
}

/** Starts moto's server on a free port of 127.0.0.1. It knows no secrets and keeps nothing: it is gone with this process. */
export async function startMoto(): Promise<Moto> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await createScratchFolder('moto'));
  const port = await freePort();
  const command = [serverProgram('moto_server'), '--host', '127.0.0.1', '--port', String(port)];
  const server = await startProcess(command, scratch.path, join(scratch.path, 'log'));
  cleanup.defer(() => server.kill());
  await server.untilReady(() => answers(port), readyTimeoutMs);
  const held = cleanup.move();
  return { port, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

function answers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: '/moto-api/data.json', agent: false }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    call.on('error', reject);
    call.end();
  });
}
