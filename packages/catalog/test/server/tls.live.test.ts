import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { checkpoint } from '../records.js';
import { describeServers, openCatalog } from './test-servers.js';

describeServers('a server that takes TLS alone', { tls: true }, (under) => {
  test('is used where its authority is named, by its host’s name or by another that is named', async () => {
    const access = await under.server().fresh();
    const tlsCaFile = access.caFile;
    for (const [host, settings] of [
      ['localhost', { tls: 'verify', tlsCaFile }],
      ['127.0.0.1', { tls: 'verify', tlsCaFile, tlsServerName: 'localhost' }],
    ] as const) {
      await using store = await openCatalog(under, { ...access, host }, settings);
      await store.putCheckpoint(checkpoint);
      expect((await store.listCheckpoints('job')).items).toEqual([checkpoint]);
    }
    await under.server().query('DELETE FROM hf_checkpoints', access);
  });

  test('is refused where its authority is not known, and where it is another', async () => {
    const access = { ...(await under.server().fresh()), host: 'localhost' };
    await using other = await otherAuthority();
    for (const settings of [{ tls: 'verify' }, { tls: 'verify', tlsCaFile: other.path }]) {
      const error = await assertRejects(openCatalog(under, access, settings), { code: 'HF_CATALOG_UNAVAILABLE' });
      expect(error.message).toContain('cannot be trusted');
      expect(error.message + error.hint).not.toContain(access.password);
    }
  });

  test('is refused where its certificate is for another name', async () => {
    const access = { ...(await under.server().fresh()), host: 'localhost' };
    const settings = { tls: 'verify', tlsCaFile: access.caFile, tlsServerName: 'db.example.org' };
    const error = await assertRejects(openCatalog(under, access, settings), { code: 'HF_CATALOG_UNAVAILABLE' });
    expect(error.message).toContain('is not the server that its certificate is for');
    expect(error.hint).toContain('db.example.org');
  });

  test('says so where TLS is off', async () => {
    const error = await assertRejects(openCatalog(under, await under.server().fresh(), { tls: 'off' }), { code: 'HF_CATALOG_UNAVAILABLE' });
    expect(error.hint).toContain("'tls': 'verify'");
  });

  test('a file of authorities that is none is named', async () => {
    const access = { ...(await under.server().fresh()), host: 'localhost' };
    for (const tlsCaFile of ['/no/such/file', '/etc/hostname']) {
      const error = await assertRejects(openCatalog(under, access, { tls: 'verify', tlsCaFile }), { code: 'HF_CATALOG_UNAVAILABLE' });
      expect(error.message).toContain(tlsCaFile);
    }
  });
});

describeServers('a server without TLS', {}, (under) => {
  test('is refused where it must prove who it is', async () => {
    const access = { ...(await under.server().fresh()), host: 'localhost' };
    const authority = await otherAuthority();
    await using _held = authority;
    await assertRejects(openCatalog(under, access, { tls: 'verify', tlsCaFile: authority.path }), { code: 'HF_CATALOG_UNAVAILABLE' });
  });
});

async function otherAuthority(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-authority-'));
  const path = join(folder, 'ca.pem');
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=Another authority'];
  await promisify(execFile)('openssl', [...request, '-keyout', join(folder, 'key.pem'), '-out', path]);
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
