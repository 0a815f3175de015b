import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** The name of a database that is looked up again after a fail-over: new connections go where it points, those that are there stay. */
export interface SwitchableProxy extends AsyncDisposable {
  readonly port: number;
  pointTo(port: number): void;
  /** How many connections were made through it. */
  readonly made: () => number;
}

export async function switchableProxy(firstPort: number): Promise<SwitchableProxy> {
  let target = firstPort;
  let made = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    made += 1;
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    made: () => made,
    pointTo: (port) => {
      target = port;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
