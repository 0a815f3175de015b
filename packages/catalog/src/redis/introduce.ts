import type { Socket } from 'node:net';
import type { Credentials } from '../server/credentials.js';
import { missingPasswordHint } from '../server/credential-errors.js';
import { ConnectFailure } from './connect-failure.js';

/**
 * Says who this is, unless without a password, chooses the database, and asks whether the server is ready. It is done here and not by the client library, which keeps a password with its
 * options and repeats it in its errors.
 */
export async function introduce(socket: Socket, { user, password }: Credentials, database: number, signal: AbortSignal): Promise<void> {
  const commands = [
    ...(password === '' ? [] : [['AUTH', user, password]]),
    // The client library takes no note of a server that lacks it, and goes on in database 0.
    ...(database === 0 ? [] : [['SELECT', String(database)]]),
    ['PING'],
  ];
  socket.write(commands.map(encode).join(''));
  const lines = await readLines(socket, commands.length, signal);
  const refusal = lines.find((line) => line.startsWith('-'))?.slice(1);
  if (refusal === undefined || refusal.startsWith('NOPERM')) return;
  if (/DB index|cluster mode/u.test(refusal)) throw noDatabase(database, refusal);
  if (refusal.startsWith('NOAUTH') && password === '') throw noPassword(user);
  const isFinal = /^(WRONGPASS|NOAUTH|ERR|DENIED)/u.test(refusal);
  throw new ConnectFailure(isFinal ? `the user '${user}' is not let in: ${refusal}` : refusal, {
    isFinal,
    isDenied: isFinal,
    remedy: isFinal ? 'Give the user and the password that the server knows: see passwordFile and passwordCommand' : 'Wait until the server is ready',
  });
}

function noDatabase(database: number, refusal: string): ConnectFailure {
  return new ConnectFailure(`the server has no database ${database}: ${refusal}`, {
    isFinal: true,
    isMisconfigured: true,
    remedy: "Give the number of one that it has (16 are usual, a cluster has 0 alone); 'prefix' keeps several catalogs in one database apart",
  });
}

function noPassword(user: string): ConnectFailure {
  return new ConnectFailure(`the server wants a password for the user '${user}', and none was given`, {
    isFinal: true,
    isDenied: true,
    remedy: missingPasswordHint,
  });
}

function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** The answers to AUTH, SELECT and PING are a line each. */
function readLines(socket: Socket, count: number, signal: AbortSignal): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = (act: () => void): void => {
      socket.off('data', onData).off('error', onError).off('close', onClose).pause();
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const lines = text.split('\r\n');
      if (lines.length > count) settle(() => resolve(lines.slice(0, count)));
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onClose = (): void => settle(() => reject(new Error('the server ended the connection')));
    const onAbort = (): void => settle(() => reject(signal.reason));
    socket.on('data', onData).on('error', onError).on('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
