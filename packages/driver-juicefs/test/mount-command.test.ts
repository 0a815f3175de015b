import { expect, test } from 'vitest';
import { mountArguments } from '../src/mount-command.js';
import { aConfig } from './support/a-config.js';

test('what is safe by default is not left to the client', () => {
  const args = mountArguments(aConfig());
  expect(args).toEqual(expect.arrayContaining(['--check-storage', '--entry-cache=0', '--attr-cache=0', '--buffer-size=1024M', '--max-uploads=20']));
  for (const option of ['--writeback', '--read-only', '--no-bgjob']) expect(args).not.toContain(option);
  expect(args.slice(-2)).toEqual(['postgres://jfs@db.example.org:5432/jfs?sslmode=verify-full', '/run/holdfast/storage/snapshots']);
});

test('each choice is an option of the client', () => {
  const mount = { readOnly: true, backgroundJobs: false, writeback: true, cacheDirectories: ['/nvme/a', '/nvme/b'], cacheSize: '1TiB' };
  expect(mountArguments(aConfig({ mount, allowDataLoss: true }))).toEqual(
    expect.arrayContaining(['--read-only', '--no-bgjob', '--writeback', '--cache-dir=/nvme/a:/nvme/b', '--cache-size=1048576M']),
  );
});
