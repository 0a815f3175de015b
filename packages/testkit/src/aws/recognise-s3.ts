import type { RawRequest } from './aws-call.js';

type Table = Readonly<Record<string, string>>;

/** What of a bucket is asked for, by the word in the query: the end of the operation's name. */
const bucketParts: Table = {
  publicAccessBlock: 'PublicAccessBlock',
  encryption: 'BucketEncryption',
  tagging: 'BucketTagging',
  versioning: 'BucketVersioning',
  policy: 'BucketPolicy',
  lifecycle: 'BucketLifecycleConfiguration',
  ownershipControls: 'BucketOwnershipControls',
  acl: 'BucketAcl',
};

const verbs: Table = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' };

/** Operation and bucket of a request of S3 with the bucket in its path, as it is for an endpoint that is an address. */
export function recogniseS3(request: RawRequest): { operation: string; resource: string | undefined } {
  const url = new URL(request.path, 'http://s3');
  const [bucket, ...key] = url.pathname.slice(1).split('/');
  if (bucket === undefined || bucket === '') return { operation: 'ListBuckets', resource: undefined };
  const operation = key.join('/') === '' ? ofBucket(request.method, url.searchParams) : ofObject(request, url.searchParams);
  return { operation, resource: bucket };
}

function ofBucket(method: string, query: URLSearchParams): string {
  const part = Object.keys(bucketParts).find((word) => query.has(word));
  if (part !== undefined) return `${verbs[method] ?? method}${bucketParts[part]}`;
  if (method === 'GET') return readOfBucket(query);
  const others: Table = {
    PUT: 'CreateBucket',
    HEAD: 'HeadBucket',
    DELETE: 'DeleteBucket',
    POST: query.has('delete') ? 'DeleteObjects' : 'PostObject',
  };
  return others[method] ?? method;
}

function readOfBucket(query: URLSearchParams): string {
  if (query.has('location')) return 'GetBucketLocation';
  if (query.has('versions')) return 'ListObjectVersions';
  if (query.has('uploads')) return 'ListMultipartUploads';
  return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
}

function ofObject(request: RawRequest, query: URLSearchParams): string {
  const { method } = request;
  if (query.has('tagging')) return `${verbs[method] ?? method}ObjectTagging`;
  if (query.has('uploadId')) {
    const parts: Table = { PUT: 'UploadPart', GET: 'ListParts', DELETE: 'AbortMultipartUpload', POST: 'CompleteMultipartUpload' };
    return parts[method] ?? method;
  }
  if (method === 'PUT') return request.headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject';
  const others: Table = { GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject', POST: 'CreateMultipartUpload' };
  return others[method] ?? method;
}
