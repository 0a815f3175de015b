import { expect, test } from 'vitest';
import { juicefsMetadataUrl } from '../src/metadata-url.js';
import { aConfig } from './support/a-config.js';

const ca = '/etc/ssl/rds.pem';
test.each([
  [{ url: 'mysql://jfs@db.example.org/jfs' }, 'mysql://jfs@(db.example.org:3306)/jfs?tls=true'],
  [{ url: 'mysql://jfs@(127.0.0.1:3307)/jfs' }, 'mysql://jfs@(127.0.0.1:3307)/jfs'],
  [{ url: 'mysql://jfs@db.example.org/jfs', tls: 'off' }, 'mysql://jfs@(db.example.org:3306)/jfs'],
  [
    { url: 'postgres://jfs@db.example.org/jfs', tlsCaFile: ca },
    'postgres://jfs@db.example.org:5432/jfs?sslmode=verify-full&sslrootcert=%2Fetc%2Fssl%2Frds.pem',
  ],
  [{ url: 'postgresql://jfs@localhost/jfs' }, 'postgres://jfs@localhost:5432/jfs?sslmode=disable'],
  [{ url: 'rediss://jfs@db.example.org/1' }, 'rediss://jfs@db.example.org:6379/1'],
  [{ url: 'rediss://127.0.0.1' }, 'rediss://127.0.0.1:6379/0'],
  [{ url: 'redis://[::1]:6380/2' }, 'redis://[::1]:6380/2'],
])('%o becomes what JuiceFS takes, verified wherever it leaves this machine', (metadata, expected) => {
  expect(juicefsMetadataUrl(aConfig({ metadata }).metadata)).toBe(expected);
});
