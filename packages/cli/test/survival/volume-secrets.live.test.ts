import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startVolumeServers, volumeMachine } from '@holdfast/testkit/juicefs';
import { missingServer } from '@holdfast/testkit/servers';
import { expect, it } from 'vitest';
import { filesWith } from '../support/secret-places.js';
import { watchProcesses } from '../support/secret-watch.js';
import { forget, holdfast, scratchFolder } from './interruptions.js';

const missing = missingServer('juicefs') ?? missingServer('minio') ?? missingServer('postgres');

it.skipIf(missing !== undefined)(
  `what opens a JuiceFS volume is known to Holdfast and the client alone, from its provisioning to its end${missing === undefined ? '' : ` (${missing})`}`,
  async () => {
    const folder = await scratchFolder('volume-secrets');
    const work = join(folder, 'work');
    await mkdir(work);
    await using servers = await startVolumeServers('postgres');
    const machine = await volumeMachine(servers, join(folder, 'one'));
    const passphrase = randomBytes(16).toString('hex');
    const keyFile = join(folder, 'key.pem');
    execFileSync('openssl', ['genrsa', '-aes256', '-passout', 'env:WORD', '-out', keyFile, '2048'], { env: { ...process.env, WORD: passphrase } });
    const key = (await readFile(keyFile, 'utf8')).split('\n').find((line) => line.length === 64 && !line.includes(' ')) ?? '';
    const secrets = {
      'keys of the bucket': servers.minio.password,
      'password of the metadata': servers.metadata.password,
      'password of the catalog': servers.catalog.password,
      'passphrase of the key': passphrase,
      'key of the objects': key,
    };
    for (const value of Object.values(secrets)) expect(value.length).toBeGreaterThan(8);

    // The password by each of its ways: a variable, a file, Secrets Manager.
    const manager = createServer((_request, response) => response.end(JSON.stringify({ SecretString: servers.metadata.password })));
    manager.listen(0, '127.0.0.1');
    await once(manager, 'listening');
    const address = manager.address();
    const endpoint = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
    const { storage } = JSON.parse(await readFile(machine.configFile, 'utf8')) as { storage: Record<string, Record<string, unknown>> };
    const { url, passwordFile } = storage['metadata'] ?? {};
    const configure = async (name: string, source: object): Promise<string> => {
      const path = join(folder, `${name}.json`);
      const format = { blockSize: '1MiB', encryptionKeyFile: keyFile, encryptionPassphraseVariable: 'KEY_WORD' };
      await writeFile(path, JSON.stringify({ storage: { ...storage, format, metadata: { url, ...source } } }));
      return path;
    };
    const byVariable = await configure('variable', { passwordVariable: 'DATABASE_WORD' });
    const byFile = await configure('file', { passwordFile });
    const bySecret = await configure('secret', { passwordSecret: 'holdfast/volume', region: 'eu-west-1' });

    const environment = {
      ...process.env,
      ...machine.environment,
      KEY_WORD: passphrase,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
      AWS_ACCESS_KEY_ID: 'of-secrets-manager',
      AWS_SECRET_ACCESS_KEY: 'of-secrets-manager',
    };
    const started = new Set<number>();
    const start = (config: string, ...words: readonly string[]) => {
      const [program, ...rest] = holdfast;
      const separator = words.indexOf('--');
      const at = separator === -1 ? words.length : separator;
      const line = [...words.slice(0, at), '--verbose', '--config', config, '--state-dir', machine.stateDirectory, ...words.slice(at)];
      const env = { ...environment, ...(config === byVariable ? { DATABASE_WORD: servers.metadata.password } : {}) };
      const child = spawn(program, [...rest, ...line], { cwd: work, env, stdio: ['ignore', 'pipe', 'pipe'] });
      if (child.pid !== undefined) started.add(child.pid);
      return { child, said: Promise.all([text(child.stdout), text(child.stderr)]), closed: once(child, 'close') };
    };
    let said = '';
    const run = async (config: string, ...words: readonly string[]): Promise<void> => {
      const line = start(config, ...words);
      const told = (await line.said).join('');
      await line.closed;
      said += told;
      expect(line.child.exitCode, `${words.join(' ')}: ${told}`).toBe(0);
    };
    // The database's and the bucket's own servers know their secrets, and so does this process.
    // A child between its fork and its program is still called as its parent.
    const servants = /minio|postgres|juicefs|lib\/main\.js/u;
    const leaks = watchProcesses(secrets, (pid, program) => started.has(pid) || pid === process.pid || servants.test(program));
    await run(byVariable, 'storage', 'provision');
    await run(bySecret, 'storage', 'attach');
    await run(byFile, 'storage', 'status', '--json');
    const job = 'env > seen; i=0; while [ ! -e go ]; do i=$((i + 1)); echo $i > turn; sleep 0.05; done';
    const first = start(byFile, 'run', '--job', 'canary', '--', 'sh', '-c', job);
    const turn = (): Promise<string> => readFile(join(work, 'turn'), 'utf8').catch(() => '');
    while ((await turn()) === '') await sleep(50);
    await run(byVariable, 'snapshot', 'canary');
    first.child.kill('SIGTERM');
    said += (await first.said).join('');
    await first.closed;
    const stoppedAt = await readFile(join(work, 'turn'), 'utf8');
    const second = start(bySecret, 'run', '--job', 'canary', '--', 'sh', '-c', job);
    while (Number(await turn()) <= Number(stoppedAt) && second.child.exitCode === null) await sleep(50);
    // Only now: a resume takes away what came meanwhile.
    await writeFile(join(work, 'go'), '');
    said += (await second.said).join('');
    await second.closed;
    expect(said).toContain("resumed job 'canary'");
    await run(byVariable, 'storage', 'detach');
    await run(byFile, 'storage', 'destroy', '--force', '--yes');
    expect(leaks()).toEqual([]);

    await rm(join(machine.folder, 'keys.json'));
    await rm(String(passwordFile));
    await rm(keyFile);
    for (const [name, value] of Object.entries(secrets)) {
      expect(said, name).not.toContain(value);
      expect(await filesWith(value, folder), name).toEqual([]);
    }
    manager.close();
    await forget(folder);
  },
  240_000,
);
