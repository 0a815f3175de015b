import { s3Buckets } from '@holdfast/driver-juicefs/aws-sdk';
import type { FakeAws } from '@holdfast/testkit/aws';

/** Lets the time of the lock pass that a killed one left in the bucket: in a minute and a half it would by itself. */
export async function expireLock({ client }: FakeAws, { bucket, volume }: { readonly bucket: string; readonly volume: string }): Promise<void> {
  const { region, endpoint, credentials } = client;
  const objects = s3Buckets()({ name: bucket, region, endpoint }, { ...credentials, sessionToken: undefined });
  try {
    if (!(await objects.exists())) return;
    const key = `.holdfast/${volume}.lock`;
    const held = await objects.read(key);
    if (held === undefined) return;
    await objects.write(key, JSON.stringify({ ...(JSON.parse(held.text) as object), expiresAt: 0 }), { over: held.etag });
  } finally {
    objects.close();
  }
}
