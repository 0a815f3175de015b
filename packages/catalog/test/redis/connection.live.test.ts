import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { redis } from '@holdfast/catalog/redis';
import type { HoldfastError, MetadataStore } from '@holdfast/core';
import { assertRejects } from '@holdfast/testkit/contract';
import { missingServer, startRedis, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkpoint } from '../records.js';
import { openStore, sectionOf } from './fixture.js';
import { temporaryFolder } from './temporary-folder.js';

const missing = missingServer('redis');
const unavailable = { code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' } as const;
const holder = (attempt: string) => ({ attempt, host: 'h', bootId: 'b', pid: 1, startTicks: 1 });

describe.skipIf(missing !== undefined)(`the connection${missing === undefined ? '' : ` (${missing})`}`, () => {
  let plain: TestServer;
  let secured: TestServer;
  beforeAll(async () => {
    [plain, secured] = await Promise.all([startRedis(), startRedis({ tls: true })]);
  });
  afterAll(async () => {
    await plain[Symbol.asyncDispose]();
    await secured[Symbol.asyncDispose]();
  });

  test('a certificate of another authority is refused, and so is one where none is named', async () => {
    await using other = await startRedis({ tls: true });
    const access = await secured.fresh();
    for (const tlsCaFile of [other.caFile, undefined]) {
      const error = await assertRejects(openStore(access, { tlsCaFile }), unavailable);
      expect(error.hint).toContain('tlsCaFile');
    }
    await using store = await openStore(access);
    expect(await store.getJob('job')).toBeUndefined();
  });

  test('a database that the server lacks is refused, and not taken for database 0', async () => {
    const error = await assertRejects(openStore(await plain.fresh(), { database: 99 }), { code: 'HF_CONFIG', kind: 'invalid-argument' });
    expect(error.message).toContain('no database 99');
    expect(error.hint).toContain('prefix');
  });

  test('where no password is given and the server wants one, the error says where one goes', async () => {
    const error = await assertRejects(redis().open(sectionOf({ ...(await plain.fresh()), user: 'default' })), unavailable);
    expect(error.hint).toContain('HOLDFAST_CATALOG_PASSWORD');
  });

  test('a server that leaves the greeting unanswered is told of while the catalog is opened', async () => {
    const deaf = createServer(() => undefined);
    await once(deaf.listen(0, '127.0.0.1'), 'listening');
    const address = deaf.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const error = await assertRejects(openStore(await plain.fresh(), { port }), unavailable);
    expect(error.hint).toContain('rediss:// has');
    deaf.close();
  });

  test('a certificate for another name is refused', async () => {
    const access = await secured.fresh();
    const forwarder = createServer((socket) => {
      const there = connect(secured.port, secured.host);
      socket.pipe(there).pipe(socket);
      for (const end of [socket, there]) end.on('error', () => undefined);
    });
    await once(forwarder.listen(0, '127.0.0.2'), 'listening');
    const address = forwarder.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const error = await assertRejects(openStore(access, { host: '127.0.0.2', port }), unavailable);
    expect(error.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    forwarder.close();
  });

  test('plain words to a server that takes TLS alone, and TLS to one that does not, end as unavailable', async () => {
    const [mine, safe] = [await plain.fresh(), await secured.fresh()];
    await assertRejects(openStore({ ...safe, caFile: undefined }, { retryFor: '1s' }), unavailable);
    await assertRejects(openStore(mine, { tls: 'verify', retryFor: '1s' }), unavailable);
  });

  test('who opens a catalog whose server is not there hears soon why; one that was there is waited for', async () => {
    await using server = await startRedis();
    const access = await server.fresh();
    await using store = await openStore(access, { retryFor: '1h' });
    await server.kill();
    const error = await assertRejects(openStore(access, { retryFor: '1h' }), unavailable);
    expect(error.message).toContain('ECONNREFUSED');
    const call = store.getJob('job');
    await assertRejects(openStore(access, { retryFor: '1h' }), unavailable);
    await server.restart();
    expect(await call).toBeUndefined();
  });

  test('a wrong password is refused at once, with a remedy', async () => {
    const access = await plain.fresh();
    const error = await assertRejects(openStore({ ...access, password: 'wrong' }, { retryFor: '1h' }), unavailable);
    expect(error.message).toContain(`the user '${access.user}' is not let in`);
    expect(error.hint).toContain('passwordFile');
  });

  test('a password that changes is asked for again with the next connection: of a file, of a command, of a secret', async () => {
    const access = await plain.fresh();
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'password');
    const change = async (password: string): Promise<void> => {
      await writeFile(file, `${password}\n`, { mode: 0o600 });
      await plain.query(`ACL SETUSER ${access.user} resetpass >${password}\nCLIENT KILL USER ${access.user}`);
    };
    await change('first');
    const secrets = { read: async () => JSON.stringify({ password: (await readFile(file, 'utf8')).trim() }) };
    await using cleanup = new AsyncDisposableStack();
    const stores: MetadataStore[] = [];
    for (const source of [{ passwordFile: file }, { passwordCommand: ['cat', file] }, { passwordSecret: 'name' }])
      stores.push(cleanup.use(await redis({ secrets }).open({ ...sectionOf(access), ...source })));
    for (const password of ['second', 'third']) {
      await change(password);
      for (const store of stores) expect(await store.getJob('job')).toBeUndefined();
    }
  });

  test('a password that changes while it is asked for is asked for once more', async () => {
    const access = await plain.fresh();
    const answers = ['old', access.password];
    const secrets = { read: async () => answers.shift() ?? access.password };
    await using store = await redis({ secrets }).open({ ...sectionOf(access), passwordSecret: 'name' });
    expect(await store.getJob('job')).toBeUndefined();
    expect(answers).toEqual([]);
  });

  test('a password that cannot be had is unavailable, and says where it was looked for', async () => {
    const section = sectionOf(await plain.fresh());
    const file = await assertRejects(redis().open({ ...section, passwordFile: '/nowhere/password' }), unavailable);
    expect(file.message).toContain('/nowhere/password');
    const command = await assertRejects(
      redis().open({ ...section, passwordCommand: ['sh', '-c', 'echo canary; echo why >&2; exit 3'] }),
      unavailable,
    );
    expect(command.message).toMatch(/sh ended with status 3: why/u);
    expect(everythingOf(command)).not.toContain('canary');
  });

  test('no password is in an error, however it comes about', async () => {
    const access = await plain.fresh();
    const errors = [
      await assertRejects(openStore({ ...access, password: 'canary-wrong' }), unavailable),
      await assertRejects(openStore(access, { prefix: 'not-mine:' }), unavailable),
      await assertRejects(openStore({ ...access, port: 1 }, { retryFor: '300ms' }), unavailable),
    ];
    expect(errors[1]?.message).toContain('NOPERM');
    expect(errors[1]?.hint).toContain('docs/catalog-redis.md');
    for (const error of errors) {
      expect(everythingOf(error)).not.toContain(access.password);
      expect(everythingOf(error)).not.toContain('canary');
    }
  });

  test('a server that hangs is unavailable within the call’s time, and is used again when it goes on', async () => {
    await using server = await startRedis();
    await using store = await openStore(await server.fresh(), { connectTimeout: '300ms', queryTimeout: '300ms', retryFor: '600ms' });
    await server.pause();
    await assertRejects(store.getJob('job'), unavailable);
    await assertRejects(store.acquireLease('job', holder('a'), 1000), unavailable);
    const signal = AbortSignal.timeout(50);
    await assertRejects(store.getJob('job', { signal }), { kind: 'aborted' });
    await server.resume();
    await expect
      .poll(
        () =>
          store.getJob('other').then(
            () => 'answers',
            () => 'does not',
          ),
        { timeout: 30_000 },
      )
      .toBe('answers');
  });

  test('a primary that was made a replica is waited for until there is one again', async () => {
    await using server = await startRedis();
    await using store = await openStore(await server.fresh());
    await server.query('REPLICAOF 127.0.0.1 1');
    const controller = new AbortController();
    await assertRejects(Promise.race([store.putCheckpoint(checkpoint, { signal: controller.signal }), abortSoon(controller)]), { kind: 'aborted' });
    const put = store.putCheckpoint(checkpoint);
    await server.query('REPLICAOF NO ONE');
    await put;
    expect((await store.listCheckpoints('job')).items).toEqual([checkpoint]);
  });
});

async function abortSoon(controller: AbortController): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  controller.abort();
  return new Promise(() => undefined);
}

function everythingOf(error: HoldfastError): string {
  return inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: Number.POSITIVE_INFINITY });
}
