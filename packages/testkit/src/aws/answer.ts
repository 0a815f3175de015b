import { randomUUID } from 'node:crypto';
import type { AwsCall } from './aws-call.js';
import type { AwsFault } from './aws-fault.js';
import { escapeXml, type Structure, writeXml } from './write-xml.js';

/** An answer of HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

const namespaces: Readonly<Record<string, string>> = {
  rds: 'http://rds.amazonaws.com/doc/2014-10-31/',
  elasticache: 'http://elasticache.amazonaws.com/doc/2015-02-02/',
};

/** What a call resulted in, as its service would write it. */
export function answerOf(call: AwsCall, result: Structure): Answer {
  if (call.protocol === 'json') return inJson(200, JSON.stringify(result, writeTimes), randomUUID());
  const id = randomUUID();
  const { operation, service } = call;
  const inner = `<${operation}Result>${writeXml(result)}</${operation}Result><ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata>`;
  return inXml(200, `<${operation}Response xmlns="${namespaces[service] ?? ''}">${inner}</${operation}Response>`, id);
}

/** An error, as the service would write it. */
export function answerOfFault(call: Pick<AwsCall, 'protocol'>, fault: AwsFault): Answer {
  const id = randomUUID();
  const said = `<Code>${escapeXml(fault.code)}</Code><Message>${escapeXml(fault.message)}</Message>`;
  switch (call.protocol) {
    case 'json':
      return inJson(fault.status, JSON.stringify({ __type: fault.code, message: fault.message }), id);
    case 'rest-json': {
      const answer = inJson(fault.status, JSON.stringify({ ErrorCode: fault.code, Message: fault.message, message: fault.message }), id);
      return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': fault.code } };
    }
    case 'ec2':
      return inXml(fault.status, `<Response><Errors><Error>${said}</Error></Errors><RequestID>${id}</RequestID></Response>`, id);
    case 's3':
      return inXml(fault.status, `<Error>${said}<RequestId>${id}</RequestId></Error>`, id);
    case 'query': {
      const type = fault.status < 500 ? 'Sender' : 'Receiver';
      return inXml(fault.status, `<ErrorResponse><Error><Type>${type}</Type>${said}</Error><RequestId>${id}</RequestId></ErrorResponse>`, id);
    }
  }
}

/** What a load balancer answers when the service behind it does not: a page for people. */
export function htmlAnswer(status: number): Answer {
  const body = `<html><head><title>${status}</title></head><body><h1>${status} Service Unavailable</h1><p>No server is available.</p></body></html>`;
  return { status, headers: { 'content-type': 'text/html' }, body };
}

function inXml(status: number, body: string, requestId: string): Answer {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}

function inJson(status: number, body: string, requestId: string): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId }, body };
}

/** Times are seconds in AWS's JSON; a Date's own `toJSON` has run when a replacer sees it, hence the look at its holder. */
function writeTimes(this: unknown, key: string, value: unknown): unknown {
  const held: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : undefined;
  return held instanceof Date ? held.getTime() / 1000 : value;
}
