import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** The one address of a database that survives a fail-over, as a name that is looked up for each connection. */
export interface SwitchableProxy extends AsyncDisposable {
  readonly port: number;
  /** From now on new connections lead there; those that are there stay. */
  pointTo(port: number): void;
  /** Ends every connection that is there. */
  cut(): void;
  /** Calls back once, as the next request that holds this text is passed on: the server has not got it yet. */
  onRequest(text: string, listener: () => void): void;
  /** The next request that holds this text is passed on; its answer is not, and its connection ends once the server has given it. Resolves then. */
  loseAnswerTo(text: string): Promise<void>;
  /** How many connections were made through it. */
  made(): number;
}

/** Leads from a free port of 127.0.0.1 to another one. Where nobody listens there, a connection is ended at once. */
export async function switchableProxy(firstPort: number): Promise<SwitchableProxy> {
  let [target, made] = [firstPort, 0];
  const sockets = new Set<Socket>();
  const awaited: { readonly text: string; readonly meet: (client: Socket, upstream: Socket) => void }[] = [];
  const look = (request: Buffer, client: Socket, upstream: Socket): void => {
    const place = awaited.findIndex(({ text }) => request.includes(text));
    if (place >= 0) awaited.splice(place, 1)[0]?.meet(client, upstream);
  };
  const lead = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    made += 1;
    const upstream = connect(target, '127.0.0.1');
    client.on('data', (request: Buffer) => look(request, client, upstream));
    lead(client, upstream);
    lead(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    pointTo: (port) => {
      target = port;
    },
    onRequest: (text, listener) => {
      awaited.push({ text, meet: listener });
    },
    loseAnswerTo: (text) =>
      new Promise((resolve) => {
        const meet = (client: Socket, upstream: Socket): void => {
          upstream.unpipe(client);
          upstream.once('data', () => {
            client.destroy();
            resolve();
          });
          upstream.resume();
        };
        awaited.push({ text, meet });
      }),
    cut,
    made: () => made,
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
