import { type JuicefsConfig, parseJuicefsConfig } from '../../src/config.js';

type Section = Readonly<Record<string, unknown>>;

/** As a user writes it, with what a test changes in each part. */
export function aSection({ bucket = {}, metadata = {}, ...rest }: { bucket?: Section; metadata?: Section; [part: string]: unknown } = {}): Section {
  return {
    type: 'juicefs',
    name: 'snapshots',
    bucket: { name: 'acme-snapshots', region: 'eu-west-1', ...bucket },
    metadata: { url: 'postgres://jfs@db.example.org/jfs', ...metadata },
    ...rest,
  };
}

export function aConfig(changes?: Parameters<typeof aSection>[0]): JuicefsConfig {
  return parseJuicefsConfig(aSection(changes));
}
