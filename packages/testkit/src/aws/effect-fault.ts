import type { AwsCall } from './aws-call.js';
import { AwsFault } from './aws-fault.js';
import type { Effect } from './rule.js';

type FaultEffect = Extract<Effect, { kind: 'fault' | 'throttle' | 'deny' }>;

/** The error of a service for an effect, in the words of its protocol. */
export function faultOfEffect(effect: FaultEffect, call: AwsCall): AwsFault {
  switch (effect.kind) {
    case 'fault':
      return new AwsFault(effect.code, effect.message ?? `${effect.code}, as scripted`, effect.status);
    case 'throttle':
      return throttled(call);
    case 'deny':
      return denied(call);
  }
}

function throttled(call: AwsCall): AwsFault {
  if (call.protocol === 'ec2') return new AwsFault('RequestLimitExceeded', 'Request limit exceeded.', 503);
  if (call.protocol === 's3') return new AwsFault('SlowDown', 'Please reduce your request rate.', 503);
  if (call.protocol === 'query') return new AwsFault('Throttling', 'Rate exceeded');
  return new AwsFault('ThrottlingException', 'Rate exceeded');
}

function denied(call: AwsCall): AwsFault {
  const who = 'arn:aws:sts::123456789012:assumed-role/tester/session';
  const message = `User: ${who} is not authorized to perform: ${call.service}:${call.operation} because no identity-based policy allows it`;
  if (call.protocol === 'ec2') return new AwsFault('UnauthorizedOperation', `You are not authorized to perform this operation. ${message}`, 403);
  if (call.protocol === 's3') return new AwsFault('AccessDenied', 'Access Denied', 403);
  if (call.protocol === 'query') return new AwsFault('AccessDenied', message, 403);
  return new AwsFault('AccessDeniedException', message);
}
