import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, answerOfFault, htmlAnswer } from './answer.js';
import { type AwsCall, flatHeaders, type RawRequest } from './aws-call.js';
import { AwsFault } from './aws-fault.js';
import type { CallLog } from './call-log.js';
import { faultOfEffect } from './effect-fault.js';
import type { Gate, Pass } from './gate.js';
import { recogniseCall } from './recognise-call.js';
import type { Effect } from './rule.js';
import type { RuleBook } from './rule-book.js';

export interface Counter {
  readonly gate: Gate;
  readonly log: CallLog;
  readonly rules: RuleBook;
  readonly regions: Set<string>;
  readonly answer: (call: AwsCall, raw: RawRequest) => Promise<Answer>;
}

/** What becomes of a call: an answer, or none and an open or a closed connection. */
type Outcome = Answer | 'cut' | 'hung';

/** Takes one request of HTTP from its coming to its answer. */
export async function serveCall(counter: Counter, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const raw = await readRequest(request);
  const call = recogniseCall(raw);
  if (call === undefined) {
    write(response, answerOfFault({ protocol: 'query' }, new AwsFault('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)));
    return;
  }
  counter.regions.add(call.region);
  const noteOutcome = counter.log.begin(call);
  const pass = counter.gate.enter();
  const outcome = pass === undefined ? 'cut' : await outcomeOf(counter, call, raw, pass);
  noteOutcome(typeof outcome === 'string' ? outcome : outcome.status);
  if (outcome === 'cut') request.socket.destroy();
  else if (outcome !== 'hung') await sent(response, outcome);
  pass?.leave();
}

async function outcomeOf({ rules, answer }: Counter, call: AwsCall, raw: RawRequest, pass: Pass): Promise<Outcome> {
  let last: Effect | undefined;
  for (const effect of rules.effectsAt(call)) {
    if (effect.kind === 'delay') await sleep(effect.ms);
    else last = effect;
  }
  const instead = last === undefined ? undefined : insteadOf(last, call);
  if (instead !== undefined) return pass.answerIsLost ? 'cut' : instead;
  const answered = await answer(call, raw);
  if (answered.status < 300) rules.succeeded(call);
  return last !== undefined || pass.answerIsLost ? 'cut' : answered;
}

/** What comes instead of the call's effect; undefined where that comes first, and the cut after it. */
function insteadOf(effect: Effect, call: AwsCall): Outcome | undefined {
  switch (effect.kind) {
    case 'delay':
      return undefined;
    case 'hang':
      return 'hung';
    case 'cut':
      return effect.when === 'before' ? 'cut' : undefined;
    case 'html':
      return htmlAnswer(effect.status ?? 503);
    case 'fault':
    case 'throttle':
    case 'deny':
      return answerOfFault(call, faultOfEffect(effect, call));
  }
}

async function readRequest(request: IncomingMessage): Promise<RawRequest> {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  await once(request, 'end');
  return { method: request.method ?? 'GET', path: request.url ?? '/', headers: flatHeaders(request.headers), body: Buffer.concat(parts) };
}

/** Resolves when the answer has left this process, so that a cut that follows does not take it away. */
function sent(response: ServerResponse, answer: Answer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('close', resolve);
  response.once('finish', resolve);
  write(response, answer);
  return promise;
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  const length = headers['content-length'] ?? String(Buffer.byteLength(body));
  response.writeHead(status, { ...headers, 'content-length': length });
  response.end(body);
}
