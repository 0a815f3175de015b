import { type CallOptions, HoldfastError, isHoldfastError, type TellTrouble } from '@holdfast/core';
import { askInTime } from './ask-in-time.js';
import { troubleIn } from './errors.js';
import { lookAtMount } from './mount/look-at-mount.js';
import { logSize, recentComplaints } from './mount/mount-log.js';
import { metadataLocation } from './metadata-url.js';
import { type Setup, withBucket } from './setup.js';
import { readVolume } from './volume.js';

const operation = 'storage.trouble';
const defaultAnswerMs = 3500;
/** Of no version of any object: what is written over it is written nowhere, and needs the right to write. */
const noVersion = '"0"';

/**
 * What is wrong with a volume while its file system says EIO, or nothing at all. The client says of a bucket that refuses or does not answer nothing for minutes, so
 * bucket and metadata engine are asked besides; what its log has said since is told where both are well by now.
 */
export async function watchVolumeTrouble(setup: Setup, answerMs: number = defaultAnswerMs): Promise<TellTrouble> {
  const { config } = setup;
  const { logFile, path } = config.mount;
  const logFrom = await logSize(logFile);
  return async (call: CallOptions = {}) => {
    const wrongWith = async (who: string, ask: (call: CallOptions) => Promise<unknown>): Promise<HoldfastError | undefined> =>
      problemOf(askInTime({ who, operation, timeoutMs: answerMs }, call, ask));
    const [database, bucket, mount] = await Promise.all([
      wrongWith(`The metadata engine ${metadataLocation(config.metadata)}`, (call) => readVolume(setup, operation, call)),
      wrongWith(`The bucket '${config.bucket.name}'`, (call) => askBucket(setup, call)),
      lookAtMount(path, Math.min(answerMs, 3000), call),
    ]);
    const now = together([database, bucket].filter((each) => each !== undefined));
    if (now !== undefined) return now;
    const said = troubleIn(config, await recentComplaints(logFile, logFrom), operation);
    return said ?? (mount.state === 'hung' ? hung(setup, mount.reason) : undefined);
  };
}

async function askBucket(setup: Setup, call: CallOptions): Promise<unknown> {
  const key = `.holdfast/${setup.config.name}.json`;
  return withBucket<unknown>(setup, (bucket) =>
    setup.config.mount.readOnly ? bucket.read(key, call) : bucket.write(`${key}.asked`, 'nobody', { ...call, over: noVersion }),
  );
}

async function problemOf(asked: Promise<unknown>): Promise<HoldfastError | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    return error.kind === 'aborted' ? undefined : error;
  }
}

/** Of a network that is away both are told. */
function together([first, ...others]: readonly HoldfastError[]): HoldfastError | undefined {
  if (first === undefined || others.length === 0) return first;
  const { code, kind, retry, context, hint } = first;
  const message = [first, ...others].map((each) => each.message).join('; ');
  return new HoldfastError(code, { kind, retry, message, operation, context, cause: first, ...(hint === undefined ? {} : { hint }) });
}

function hung({ config: { name, mount } }: Setup, reason: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    kind: 'timeout',
    retry: 'yes',
    message: `The client of the volume '${name}', mounted at '${mount.path}', does not answer (${reason}), and bucket and metadata engine do`,
    operation,
    context: { volume: name, path: mount.path },
    hint: `Look at ${mount.logFile}. If it does not recover, end it: it is mounted anew`,
  });
}
