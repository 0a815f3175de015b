import { setTimeout as sleep } from 'node:timers/promises';
import { missingServer, type ServerKind, type ServerOptions, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disposedInChild, killedInChild } from './in-child.js';

/** The same few statements in a kind's own language. */
export interface Words {
  write(space: string, value: number): string;
  read(space: string): string;
  /** The least that only a user of the space may do in it. */
  enter(space: string): string;
}

export const sqlWords: Words = {
  write: (_space, value) => `CREATE TABLE IF NOT EXISTS kept (value INT); INSERT INTO kept VALUES (${value});`,
  read: () => 'SELECT max(value) FROM kept',
  enter: () => 'SELECT 1',
};

export const keyWords: Words = {
  write: (space, value) => `SET ${space}kept ${value}`,
  read: (space) => `GET ${space}kept`,
  enter: (space) => `EXISTS ${space}kept`,
};

/** What every kind of test server promises. `name` is its start function's. */
export function serverBehaviour(kind: ServerKind, name: string, start: (options?: ServerOptions) => Promise<TestServer>, words: Words): void {
  const missing = missingServer(kind);

  describe.skipIf(missing !== undefined)(`${kind}${missing === undefined ? '' : ` (${missing})`}`, () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    it('keeps over a restart and over SIGKILL what was committed, on the same port', async () => {
      const mine = await server.fresh();
      await server.query(words.write(mine.space, 7), mine);
      await server.restart();
      expect(await server.query(words.read(mine.space), mine)).toBe('7');
      await server.query(words.write(mine.space, 8), mine);
      await server.kill();
      await expect(server.query(words.read(mine.space), mine)).rejects.toThrow(String(mine.port));
      await server.restart();
      expect(await server.query(words.read(mine.space), mine)).toBe('8');
    });

    it('gives each test a space that another user does not see', async () => {
      const [mine, yours] = [await server.fresh(), await server.fresh()];
      await server.query(words.write(mine.space, 1), mine);
      expect(await server.query(words.enter(mine.space), mine)).toBe('1');
      await expect(server.query(words.enter(mine.space), { ...yours, space: mine.space })).rejects.toThrow();
      await expect(server.query(words.enter(mine.space), { ...mine, password: 'wrong' })).rejects.toThrow();
      expect(mine.url).not.toContain(mine.password);
    });

    it('answers nothing while it is paused, and goes on after', async () => {
      const mine = await server.fresh();
      await server.query(words.write(mine.space, 3), mine);
      await server.pause();
      const answer = server.query(words.read(mine.space), mine);
      expect(await Promise.race([answer, sleep(300, 'nothing')])).toBe('nothing');
      await server.resume();
      expect(await answer).toBe('3');
    });

    it('has a follower that refuses writes, and takes them when it is promoted after the primary is lost', async () => {
      await using primary = await start();
      const mine = await primary.fresh();
      await primary.query(words.write(mine.space, 1), mine);
      await using follower = await primary.replica();
      const there = { ...mine, port: follower.port };
      expect(await follower.query(words.read(mine.space), there)).toBe('1');
      await primary.query(words.write(mine.space, 2), mine);
      await follower.catchUp();
      await primary.kill();
      await expect(follower.query(words.write(mine.space, 3), there)).rejects.toThrow(/read.?only/i);
      await follower.promote();
      await follower.query(words.write(mine.space, 4), there);
      expect(await follower.query(words.read(mine.space), there)).toBe('4');
      // What came from the lost primary goes on to who follows the promoted one.
      await using second = await follower.replica();
      expect(await second.query(words.read(mine.space), { ...mine, port: second.port })).toBe('4');
    });

    it('takes TLS alone where that is asked for, of its follower too', async () => {
      await using primary = await start({ tls: true });
      const mine = await primary.fresh();
      await primary.query(words.write(mine.space, 5), mine);
      await using follower = await primary.replica();
      for (const { port } of [primary, follower]) {
        expect(await primary.query(words.read(mine.space), { ...mine, port })).toBe('5');
        await expect(primary.query(words.read(mine.space), { ...mine, port, caFile: undefined })).rejects.toThrow();
      }
    });

    it('is gone, with its folder, after its disposal', async () => {
      expect(await disposedInChild(name)).toEqual({ files: [], processes: [] });
    });

    it('is gone, with its folder, after its process is killed', async () => {
      expect(await killedInChild(name)).toEqual({ files: [], processes: [] });
    });
  });
}
