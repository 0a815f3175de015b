import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { isHoldfastError, type MetadataStore } from '@holdfast/core';
import { assertRejects } from '@holdfast/testkit/contract';
import type { ServerAccess } from '@holdfast/testkit/servers';
import { expect, test } from 'vitest';
import { describeServers, openCatalog, type ServerUnderTest, sectionOf } from './test-servers.js';

describeServers('passwords', {}, (under) => {
  test('a password that changes while the catalog is open is picked up from its file', async () => {
    const access = await under.server().fresh();
    await using file = await passwordFile(access.password);
    const plugin = under.plugin();
    await using store = await plugin.open(sectionOf(plugin, access, { passwordFile: file.path }));
    await store.appendEvent(event('before'));
    await file.write('{"password":"changed-canary"}');
    await changePassword(under, access, 'changed-canary');
    await store.appendEvent(event('after'));
    expect(await types(store)).toEqual(['after', 'before']);
  });

  test('a password that changes between its reading and its use is read once more', async () => {
    const access = await under.server().fresh();
    await (await openCatalog(under, access))[Symbol.asyncDispose]();
    let asked = 0;
    const plugin = under.plugin({ secrets: { read: async () => (asked++ === 0 ? 'outdated-canary' : access.password) } });
    await using store = await plugin.open(sectionOf(plugin, access, { passwordSecret: 'db', connections: 1 }));
    await store.appendEvent(event('e'));
    expect(asked).toBe(2);
  });

  test('a password that is wrong is not tried again and again, and is in no error', async () => {
    const access = await under.server().fresh();
    let asked = 0;
    const plugin = under.plugin({ secrets: { read: async () => (asked++, 'wrong-canary') } });
    const error = await assertRejects(plugin.open(sectionOf(plugin, access, { passwordSecret: 'db' })), { code: 'HF_CATALOG_UNAVAILABLE' });
    expect(error.message).toContain('does not take the password');
    expect(asked).toBe(2);
    expect(everythingIn(error)).not.toContain('wrong-canary');
  });

  test('no error of an open catalog holds its password', async () => {
    const access = await under.server().fresh();
    const store = await openCatalog(under, access, { retryFor: '100ms' });
    const errors: unknown[] = [];
    const note = (call: Promise<unknown>) => call.catch((error: unknown) => errors.push(error));
    await note(store.listEvents('job', { limit: 0 }));
    await under.server().query('DROP TABLE hf_events', access);
    await note(store.listEvents('job'));
    await under.server().kill();
    await note(store.getJob('job'));
    await store[Symbol.asyncDispose]();
    await note(store.getJob('job'));
    await note(openCatalog(under, access));
    await under.server().restart();
    expect(errors.map((error) => isHoldfastError(error))).toEqual([true, true, true, true, true]);
    for (const error of errors) expect(everythingIn(error)).not.toContain(access.password);
  });
});

function event(type: string) {
  return { job: 'job', attempt: 'a', at: '2026-01-02T03:04:05.000Z', type, detail: {} };
}

async function types(store: MetadataStore): Promise<readonly string[]> {
  return (await store.listEvents('job')).items.map(({ type }) => type);
}

/** As a log would show it, with everything that hangs on it. */
function everythingIn(error: unknown): string {
  return inspect(error, { depth: 12, showHidden: true, maxStringLength: null });
}

async function passwordFile(password: string): Promise<AsyncDisposable & { readonly path: string; write(text: string): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-password-'));
  const path = join(folder, 'password');
  const write = (text: string): Promise<void> => writeFile(path, text, { mode: 0o600 });
  await write(password);
  return { path, write, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** And ends the sessions that were made with the old one. */
async function changePassword({ kind, server }: ServerUnderTest, { user }: ServerAccess, password: string): Promise<void> {
  if (kind === 'postgres') {
    await server().query(
      `ALTER ROLE ${user} PASSWORD '${password}'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${user}';`,
    );
    return;
  }
  await server().query(`ALTER USER '${user}'@'%' IDENTIFIED BY '${password}'`);
  const sessions = await server().query(`SELECT id FROM information_schema.processlist WHERE user = '${user}'`);
  for (const id of sessions.split('\n').filter(Boolean)) await server().query(`KILL ${id}`);
}
