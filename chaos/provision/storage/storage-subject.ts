import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseService } from '@holdfast/aws-databases';
import { serverProgram } from '@holdfast/testkit/servers';
import { type Arena, emptyArena } from '../arena.ts';
import type { Subject } from '../subject.ts';
import { expireLock } from './expire-lock.ts';
import { runHoldfast } from './run-holdfast.ts';

const bucket = 'holdfast-chaos';
const name = 'chaos';

/** A volume of JuiceFS with its bucket and its database, as `holdfast storage` makes and removes it. */
export function storageSubject(arena: Arena, service: DatabaseService): Subject {
  const { aws, servers } = arena;
  const caFile = servers[service]?.caFile ?? '';
  const environment = { ...aws.environment, HOLDFAST_JUICEFS: serverProgram('juicefs'), SSL_CERT_FILE: caFile };
  let wasKilled = false;
  return {
    aws,
    service,
    empty: async () => {
      wasKilled = false;
      await emptyArena(arena, service);
    },
    run: async (verb, folder, signal) => {
      if (wasKilled) await expireLock(aws, { bucket, volume: name });
      const configFile = await configured(folder, { aws, service, caFile });
      const words = [
        'storage',
        verb,
        ...(verb === 'destroy' ? ['--yes'] : []),
        '--json',
        '--config',
        configFile,
        '--state-dir',
        join(folder, 'state'),
      ];
      const ended = await runHoldfast(words, environment, signal);
      wasKilled = signal?.aborted === true;
      return ended;
    },
  };
}

async function configured(
  folder: string,
  { aws, service, caFile }: { readonly aws: Arena['aws']; readonly service: DatabaseService; readonly caFile: string },
): Promise<string> {
  const place = (word: string): string => join(folder, word);
  const subnets = (await aws.subnets()).slice(0, 2);
  const own = service.startsWith('rds') ? { user: 'chaos_app', database: 'chaos_data', tlsCaFile: caFile } : {};
  const storage = {
    type: 'juicefs',
    name,
    bucket: { name: bucket, region: aws.client.region, endpoint: aws.endpoint },
    metadata: { [service]: { region: aws.client.region, subnets, clientCidrs: ['10.0.0.0/16', '10.1.0.0/16'], ...own } },
    mount: { path: place('mount'), cacheDirectories: [place('cache')], logFile: place('log') },
    // ElastiCache is refused without it.
    ...(service === 'elasticache' ? { allowDataLoss: true } : {}),
    stateDirectory: place('provisioned'),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(place('holdfast.json'), JSON.stringify({ storage }));
  return place('holdfast.json');
}
