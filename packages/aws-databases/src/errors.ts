import { type ErrorCode, type ErrorKind, HoldfastError, isHoldfastError, type RetryAdvice } from '@holdfast/core';

/** A call of an SDK that failed. */
export interface FailedCall {
  /** As AWS names it: `rds:CreateDBInstance`, which is also the permission that it needs. */
  readonly call: string;
  readonly resource?: string | undefined;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly retry: RetryAdvice;
  readonly hint: string;
}

const absent: Meaning = {
  code: 'HF_CLOUD_REFUSED',
  kind: 'not-found',
  retry: 'no',
  hint: 'Correct its name or id, and look whether the region is the right one',
};
const busy: Meaning = {
  code: 'HF_CLOUD_UNAVAILABLE',
  kind: 'conflict',
  retry: 'yes',
  hint: 'Wait until what is being done to it is over, and repeat',
};
const passing: Meaning = {
  code: 'HF_CLOUD_UNAVAILABLE',
  kind: 'unavailable',
  retry: 'yes',
  hint: 'Repeat the command later: it goes on where it stopped',
};
/** The SDK gives this error no name. */
const regionless: Meaning = {
  code: 'HF_CLOUD_REFUSED',
  kind: 'invalid-argument',
  retry: 'no',
  hint: "Write 'region' into the configuration, or set AWS_REGION or the region of the AWS profile",
};
/** What was just made for it is not known everywhere yet: a security group, the service's own role at its first use in an account. */
const soon: Meaning = {
  code: 'HF_CLOUD_REFUSED',
  kind: 'not-found',
  retry: 'yes',
  hint: "Repeat the command in a minute. Where it stays so: allow iam:CreateServiceLinkedRole, and look at the security groups' ids",
};
const refused: Meaning = {
  code: 'HF_CLOUD_REFUSED',
  kind: 'invalid-argument',
  retry: 'no',
  hint: 'Correct what the message names, or have the quota raised',
};

/**
 * Says what an error of AWS's SDK means. Pure; by its name, which is the same in every copy of the SDK. What is not known stays HF_UNEXPECTED with its cause.
 * The message is AWS's own, which holds no value of a secret.
 */
export function fromAwsError(error: unknown, { call, resource }: FailedCall): HoldfastError {
  if (isHoldfastError(error)) return error;
  const { name, message, status, requestId } = factsOf(error);
  const of = resource === undefined ? call : `${call} of '${resource}'`;
  const context = { call, error: name, ...(resource === undefined ? {} : { resource }), ...(requestId === undefined ? {} : { requestId }) };
  const make = ({ code, kind, retry, hint }: Meaning, words = message): HoldfastError =>
    new HoldfastError(code, { kind, retry, hint, message: `${of} failed with ${name}: ${words}`, operation: 'cloud.call', context, cause: error });
  if (name === 'AbortError')
    return make({ code: 'HF_ABORTED', kind: 'aborted', retry: 'no', hint: 'Repeat the command: it goes on where it stopped' });
  const meaning = message === 'Region is missing' ? regionless : isSoon(name, message) ? soon : meaningOf(name, status, call);
  if (meaning !== undefined) return make(meaning);
  return new HoldfastError('HF_UNEXPECTED', {
    kind: 'unexpected',
    message: `${of} failed with ${name}: ${message}`,
    operation: 'cloud.call',
    context,
    cause: error,
  });
}

/** Whether AWS says that there is one of this name already. */
export function isAlreadyThere(error: unknown): boolean {
  return /^(?:\w+AlreadyExists(?:Fault|Exception)?|ResourceExistsException|InvalidGroup\.Duplicate|InvalidPermission\.Duplicate|DBInstanceAlreadyExists)$/u.test(
    factsOf(error).name,
  );
}

/** Whether AWS knows no such thing. */
export function isAbsent(error: unknown): boolean {
  return /(?:NotFound(?:Fault|Exception)?|\.NotFound|^NoSuchEntity|^InvalidARNFault)$/u.test(factsOf(error).name);
}

function meaningOf(name: string, status: number | undefined, call: string): Meaning | undefined {
  if (/^(?:AccessDenied|Unauthorized|NotAuthorized|OptInRequired|KMSAccessDenied)/u.test(name))
    return denied(`Allow ${call} to these credentials; docs/provision.md has a policy`);
  if (
    /^(?:CredentialsProviderError|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|AuthFailure|InvalidSignature|MissingAuthenticationToken)/u.test(
      name,
    )
  )
    return denied('Look at the credentials of this machine: the role of the instance, or the variables and profiles of the AWS tools');
  if (/Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|BandwidthLimit/u.test(name)) return passing;
  if (isAbsent({ name })) return absent;
  if (/^Invalid\w*State(?:Fault|Exception)?$|^DependencyViolation|^ResourceInUse|InUse(?:Fault|Exception)?$/u.test(name)) return busy;
  if (
    /^(?:TimeoutError|NetworkingError|InternalFailure|InternalError|InternalServer|ServiceUnavailable|RequestTimeout|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)/u.test(
      name,
    )
  )
    return passing;
  if (status !== undefined && status >= 500) return passing;
  return status !== undefined && status >= 400 ? refused : undefined;
}

/** The services have no name of its own for it. */
function isSoon(name: string, message: string): boolean {
  return /^InvalidParameter(?:Value|Combination)/u.test(name) && /service[- ]linked role|invalid security group/iu.test(message);
}

function denied(hint: string): Meaning {
  return { code: 'HF_CLOUD_DENIED', kind: 'permission', retry: 'no', hint };
}

interface Facts {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

function factsOf(error: unknown): Facts {
  const { name, Code, code, message, $metadata } = fields(error);
  const { httpStatusCode, requestId } = fields($metadata);
  // Errors of sockets say their name by `code` alone.
  const given = [name === 'Error' ? undefined : name, Code, code, name].find((text) => typeof text === 'string' && text !== '');
  return {
    name: typeof given === 'string' ? given : 'an error',
    message: typeof message === 'string' && message !== '' ? message : 'it gave no reason',
    status: typeof httpStatusCode === 'number' ? httpStatusCode : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {};
  const names = ['name', 'Code', 'code', 'message', '$metadata', 'httpStatusCode', 'requestId'];
  return Object.fromEntries(names.map((name) => [name, Reflect.get(value, name) as unknown]));
}
