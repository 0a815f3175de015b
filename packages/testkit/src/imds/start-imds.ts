import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface ImdsCall {
  readonly method: string;
  readonly path: string;
  readonly status: number | 'hangs';
}

export interface ImdsOptions {
  /** The longest life of a token that it gives. Default: what is asked for. */
  readonly longestTtlSeconds?: number;
}

/** A stand-in for EC2's instance metadata service, version 2, as far as its paths for Spot go. Nothing of it was tried against the real one. */
export interface Imds extends AsyncDisposable {
  /** As `agent.spot.endpoint` wants it. */
  readonly endpoint: string;
  /** All that was asked so far. */
  readonly calls: readonly ImdsCall[];
  /** The notice: this machine goes away at `at`. Undefined takes it back. */
  announce(action: 'terminate' | 'stop' | 'hibernate' | undefined, at?: Date): void;
  /** The recommendation; undefined takes it back. */
  recommendRebalance(at: Date | undefined): void;
  /** Tokens that were given out are refused with 401 from now on. */
  expireTokens(): void;
  /** Answers a path with this instead, as often as `times` says. */
  answer(path: string, answer: { readonly status: number; readonly body?: string }, times?: number): void;
  /** Takes calls and does not answer them, until told otherwise. */
  hang(hangs: boolean): void;
}

const tokenPath = '/latest/api/token';
const noticePath = '/latest/meta-data/spot/instance-action';
const rebalancePath = '/latest/meta-data/events/recommendations/rebalance';
const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Scripted extends Answer {
  left: number;
}

export async function startImds({ longestTtlSeconds = 21_600 }: ImdsOptions = {}): Promise<Imds> {
  const calls: ImdsCall[] = [];
  const tokens = new Map<string, number>();
  const told = new Map<string, string>();
  const scripted = new Map<string, Scripted>();
  let hangs = false;
  const give = (request: IncomingMessage, path: string): Answer => {
    const script = scripted.get(path);
    if (script !== undefined && script.left > 0) {
      script.left -= 1;
      return script;
    }
    if (path === tokenPath) return giveToken(request, tokens, longestTtlSeconds);
    const token = request.headers['x-aws-ec2-metadata-token'];
    if (typeof token !== 'string' || (tokens.get(token) ?? 0) <= Date.now()) return { status: 401 };
    const body = told.get(path);
    return body === undefined ? { status: 404 } : { status: 200, body };
  };
  const server = createServer((request, response) => {
    const { method = '', url: path = '' } = request;
    if (hangs) return void calls.push({ method, path, status: 'hangs' });
    const answer = give(request, path);
    calls.push({ method, path, status: answer.status });
    end(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const set = (path: string, value: unknown): void => void (value === undefined ? told.delete(path) : told.set(path, JSON.stringify(value)));
  return {
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    calls,
    announce: (action, at) => set(noticePath, action === undefined ? undefined : { action, time: secondsOf(at ?? new Date(Date.now() + 120_000)) }),
    recommendRebalance: (at) => set(rebalancePath, at === undefined ? undefined : { noticeTime: secondsOf(at) }),
    expireTokens: () => tokens.clear(),
    answer: (path, answer, times = Number.POSITIVE_INFINITY) => void scripted.set(path, { ...answer, left: times }),
    hang: (value) => {
      hangs = value;
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

function giveToken({ method, headers }: IncomingMessage, tokens: Map<string, number>, longestTtlSeconds: number): Answer {
  if (method !== 'PUT') return { status: 405 };
  const asked = Number(headers[ttlHeader]);
  if (!Number.isInteger(asked) || asked < 1 || asked > 21_600) return { status: 400 };
  const seconds = Math.min(asked, longestTtlSeconds);
  const token = randomBytes(24).toString('base64');
  tokens.set(token, Date.now() + seconds * 1000);
  return { status: 200, body: token, headers: { [ttlHeader]: String(seconds) } };
}

function end(response: ServerResponse, { status, body = '', headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers });
  response.end(body);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in listens on no port');
  return address.port;
}

/** As EC2 writes times. */
function secondsOf(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/u, 'Z');
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
