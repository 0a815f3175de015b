import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { Machine, until } from './machine.js';

/** Serves connections of its own, and tells what became of one it had. */
const server = `import select, socket, sys, os
listener = socket.socket(); listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); listener.bind(('127.0.0.1', 0)); listener.listen()
print(listener.getsockname()[1], flush=True)
peers = []
while not os.path.exists('stop'):
    ready, _, _ = select.select([listener] + peers, [], [], 0.01)
    for one in ready:
        if one is listener:
            peers.append(listener.accept()[0]); print('accepted', flush=True); continue
        try: data = one.recv(100)
        except OSError as error: data = b''
        if data: one.sendall(data.upper())
        else: print('closed', flush=True); peers.remove(one)
`;

test('a listening socket listens again; a connected one is at its end with tcp close', async () => {
  await using machine = await Machine.open();
  machine.write('server.py', server);
  let container = await machine.start(['python3', 'server.py']);
  await until(() => machine.lines().length > 0);
  const port = Number(machine.lines()[0]);
  const first = connect(port, '127.0.0.1');
  first.on('error', () => undefined);
  await until(() => machine.read().includes('accepted'));
  container = await machine.nextLife(container);
  await until(() => machine.read().includes('closed'));
  first.destroy();
  container = await machine.nextLife(container);
  const second = connect(port, '127.0.0.1');
  second.write('hello');
  const [answer] = (await once(second, 'data')) as [Buffer];
  expect(answer.toString()).toBe('HELLO');
  second.destroy();
  machine.write('stop', '');
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
});

test('with tcp keep a connection between processes of the job goes on', async () => {
  await using machine = await Machine.open();
  machine.write(
    'inner.py',
    `import os, socket, threading, time
listener = socket.socket(); listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); listener.bind(('127.0.0.1', 0)); listener.listen()
a = socket.create_connection(listener.getsockname()); b, _ = listener.accept()
print('ready', flush=True)
n = 0
while not os.path.exists('stop'):
    a.sendall(b'x'); assert b.recv(1) == b'x'; n += 1; time.sleep(0.005)
print('kept')
`,
  );
  let container = await machine.start(['python3', 'inner.py'], { tcp: 'keep' });
  await until(() => machine.read().includes('ready'));
  container = await machine.nextLife(container, { tcp: 'keep' });
  machine.write('stop', '');
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
  expect(machine.read()).toContain('kept');
});
