import { EC2Client } from '@aws-sdk/client-ec2';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { MemoryDBClient } from '@aws-sdk/client-memorydb';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { FakeAws } from '@holdfast/testkit/aws';

interface Clients {
  readonly rds: RDSClient;
  readonly elasticache: ElastiCacheClient;
  readonly memorydb: MemoryDBClient;
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
}

/** Clients of AWS's own SDK that try each call once where nothing else is said, so that a test sees what was answered. */
export function clientsOf({ client }: FakeAws, maxAttempts = 1): Clients {
  const options = { ...client, maxAttempts };
  return {
    rds: new RDSClient(options),
    elasticache: new ElastiCacheClient(options),
    memorydb: new MemoryDBClient(options),
    ec2: new EC2Client(options),
    s3: new S3Client(options),
    secrets: new SecretsManagerClient(options),
  };
}
