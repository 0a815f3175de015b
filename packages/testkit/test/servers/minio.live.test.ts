import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type MinioServer, missingServer, startMinio } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disposedInChild, killedInChild } from './in-child.js';

const missing = missingServer('minio');

describe.skipIf(missing !== undefined)(`minio${missing === undefined ? '' : ` (${missing})`}`, () => {
  let server: MinioServer;
  let bucket: Bucket;
  beforeAll(async () => {
    server = await startMinio();
    bucket = await bucketOn(server, 'kept');
  });
  afterAll(async () => {
    bucket.close();
    await server[Symbol.asyncDispose]();
  });

  it('keeps over a restart and over SIGKILL what was put, on the same port', async () => {
    await bucket.put('one', '7');
    await server.restart();
    expect(await bucket.get('one')).toBe('7');
    await bucket.put('one', '8');
    await server.kill();
    await expect(bucket.get('one')).rejects.toThrow(String(server.port));
    await server.restart();
    expect(await bucket.get('one')).toBe('8');
    await server.stop();
    await expect(bucket.get('one')).rejects.toThrow(String(server.port));
    await server.restart();
  });

  it('answers nothing while it is paused, and goes on after', async () => {
    await bucket.put('two', '3');
    await server.pause();
    const answer = bucket.get('two');
    expect(await Promise.race([answer, sleep(300, 'nothing')])).toBe('nothing');
    await server.resume();
    expect(await answer).toBe('3');
  });

  it('refuses the keys of its owner while they are revoked', async () => {
    await bucket.put('three', '5');
    await server.restart({ revoked: true });
    await expect(bucket.get('three')).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
    await server.restart();
    expect(await bucket.get('three')).toBe('5');
  });

  it('encrypts at rest where it has a key, and refuses to where it has none', async () => {
    await expect(bucket.put('four', 'plain', 'AES256')).rejects.toMatchObject({ name: 'NotImplemented' });
    await using encrypting = await startMinio({ kms: true });
    const encrypted = await bucketOn(encrypting, 'encrypted');
    expect(await encrypted.put('four', 'secret', 'AES256')).toBe('AES256');
    expect(await encrypted.get('four')).toBe('secret');
    encrypted.close();
  });

  it('takes TLS alone where that is asked for', async () => {
    await using guarded = await startMinio({ tls: true });
    const trusted = await bucketOn(guarded, 'guarded');
    await trusted.put('five', '9');
    expect(await trusted.get('five')).toBe('9');
    trusted.close();
    await expect(bucketOn({ ...guarded, caFile: undefined }, 'unverified')).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    await expect(bucketOn({ ...guarded, caFile: undefined, url: guarded.url.replace('https', 'http') }, 'plain')).rejects.toThrow();
  });

  it('is gone, with its folder, after its disposal', async () => {
    expect(await disposedInChild('startMinio')).toEqual({ files: [], processes: [] });
  });

  it('is gone, with its folder, after its process is killed', async () => {
    expect(await killedInChild('startMinio')).toEqual({ files: [], processes: [] });
  });
});

interface Bucket {
  /** Resolves with the encryption that the server says it used. */
  put(key: string, text: string, encryption?: 'AES256'): Promise<string | undefined>;
  get(key: string): Promise<string | undefined>;
  close(): void;
}

async function bucketOn({ url, user, password, region, caFile }: MinioServer, name: string): Promise<Bucket> {
  const httpsAgent = new Agent(caFile === undefined ? {} : { ca: await readFile(caFile, 'utf8') });
  const credentials = { accessKeyId: user, secretAccessKey: password };
  const client = new S3Client({ endpoint: url, region, credentials, forcePathStyle: true, maxAttempts: 4, requestHandler: { httpsAgent } });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return {
    put: async (key, text, encryption) =>
      (await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: text, ServerSideEncryption: encryption }))).ServerSideEncryption,
    get: async (key) => (await client.send(new GetObjectCommand({ Bucket: name, Key: key }))).Body?.transformToString(),
    close: () => client.destroy(),
  };
}
