import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { callAnswerer } from './answer-call.js';
import { createCallLog } from './call-log.js';
import { ResourceStore } from './databases/resource-store.js';
import type { FakeAws, FakeAwsOptions } from './fake-aws.js';
import { createGate } from './gate.js';
import { takeInventory } from './inventory.js';
import { createMotoClient } from './moto/moto-client.js';
import { startMoto } from './moto/start-moto.js';
import { RuleBook } from './rule-book.js';
import { serveCall } from './serve-calls.js';

const home = 'us-east-1';
const keys = { accessKeyId: 'fake', secretAccessKey: 'fake' } as const;

/** Starts moto and the fake AWS before it, on a free port of 127.0.0.1. Rejects where moto is missing: see `missingServer('moto_server')`. */
export async function startFakeAws(options: FakeAwsOptions = {}): Promise<FakeAws> {
  options.signal?.throwIfAborted();
  await using cleanup = new AsyncDisposableStack();
  const moto = cleanup.use(createMotoClient(cleanup.use(await startMoto()).port));
  const rules = new RuleBook();
  const store = new ResourceStore(
    (type, name) => rules.planFor(type, name),
    () => performance.timeOrigin + performance.now(),
  );
  const sockets = new Set<Socket>();
  const gate = createGate(() => sockets.forEach((socket) => socket.destroy()));
  const log = createCallLog();
  const regions = new Set([home]);
  const answer = callAnswerer({ store, moto, endpoints: options.endpoints ?? {} });

  const server = createServer((request, response) => {
    serveCall({ gate, log, rules, regions, answer }, request, response).catch(() => request.socket.destroy());
  });
  server.on('connection', (socket: Socket) => {
    if (gate.isClosed()) return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const endpoint = await listen(server);
  cleanup.defer(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  options.signal?.throwIfAborted();
  const held = cleanup.move();
  return {
    endpoint,
    client: { endpoint, region: home, credentials: keys },
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: home,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    calls: () => log.counts(),
    log: () => log.records(),
    script: (rule) => rules.add(rule),
    cutAfter: (calls, cut) => gate.cutAfter(calls, cut),
    resume: () => gate.open(),
    async subnets() {
      const xml = await moto.ec2(home, { Action: 'DescribeSubnets', 'Filter.1.Name': 'default-for-az', 'Filter.1.Value.1': 'true' });
      return [...xml.matchAll(/<subnetId>([^<]*)/g)].map(([, id = '']) => id);
    },
    inventory: () => takeInventory(store, moto, regions),
    async reset() {
      gate.open();
      rules.clear();
      log.clear();
      store.clear();
      await moto.reset();
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake AWS has no port');
  return `http://127.0.0.1:${address.port}`;
}
