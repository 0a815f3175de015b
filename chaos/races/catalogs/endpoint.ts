import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** The one address of a database that survives a fail-over, as a name that is pointed elsewhere. */
export interface Endpoint extends AsyncDisposable {
  readonly port: number;
  /** From now on connections lead there, and those that are open are cut. */
  pointTo(port: number): void;
}

export async function openEndpoint(firstPort: number): Promise<Endpoint> {
  let target = firstPort;
  const sockets = new Set<Socket>();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    join(client, upstream);
    join(upstream, client);
  });
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the endpoint has no port');
  return {
    port: address.port,
    pointTo: (port) => {
      target = port;
      cut();
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
