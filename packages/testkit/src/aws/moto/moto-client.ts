import { Agent } from 'node:http';
import type { Answer } from '../answer.js';
import type { Parameters, RawRequest } from '../aws-call.js';
import { AwsFault } from '../aws-fault.js';
import { parseJson } from '../parse-json.js';
import { send } from './send.js';

/** Calls of the fake's own to moto, and those that are passed on. */
export interface MotoClient extends Disposable {
  forward(raw: RawRequest): Promise<Answer>;
  /** A call of EC2; the XML of its answer. */
  ec2(region: string, parameters: Readonly<Record<string, string>>): Promise<string>;
  /** A call of a service whose protocol is JSON; `target` is for example `secretsmanager.CreateSecret`. */
  json(service: string, region: string, target: string, parameters: Parameters): Promise<Parameters>;
  /** The XML of an answer to GET, of a service with paths. */
  get(service: string, region: string, path: string): Promise<string>;
  reset(): Promise<void>;
}

export function createMotoClient(port: number): MotoClient {
  const agent = new Agent({ keepAlive: false });
  const target = { host: '127.0.0.1', port, agent };
  const text = async (raw: RawRequest): Promise<string> => {
    const answer = await send(target, raw);
    if (answer.status >= 300) throw faultIn(answer);
    return String(answer.body);
  };
  return {
    forward: (raw) => send(target, raw),
    ec2: (region, parameters) =>
      text({
        method: 'POST',
        path: '/',
        headers: { ...signed('ec2', region), 'content-type': 'application/x-www-form-urlencoded' },
        body: Buffer.from(new URLSearchParams({ Version: '2016-11-15', ...parameters }).toString()),
      }),
    json: async (service, region, name, parameters) => {
      const headers = { ...signed(service, region), 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': name };
      return parseJson(await text({ method: 'POST', path: '/', headers, body: Buffer.from(JSON.stringify(parameters)) }));
    },
    get: (service, region, path) => text({ method: 'GET', path, headers: signed(service, region), body: Buffer.alloc(0) }),
    async reset() {
      await text({ method: 'POST', path: '/moto-api/reset', headers: {}, body: Buffer.alloc(0) });
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** moto reads service and region from the signature, and asks for no more of it. */
function signed(service: string, region: string): Record<string, string> {
  return { authorization: `AWS4-HMAC-SHA256 Credential=fake/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0` };
}

function faultIn(answer: Answer): AwsFault {
  const body = String(answer.body);
  const code = /<Code>([^<]*)/.exec(body)?.[1] ?? /"__type": ?"([^"]*)/.exec(body)?.[1] ?? 'InternalFailure';
  return new AwsFault(code, /<Message>([^<]*)/.exec(body)?.[1] ?? body.slice(0, 200), answer.status);
}
