import type { DatabaseService } from '@holdfast/aws-databases';

/** What a provisioner is to do, as it is told it on its command line. It holds no secret. */
export interface Order {
  readonly verb: 'provision' | 'destroy';
  readonly service: DatabaseService;
  readonly endpoint: string;
  readonly region: string;
  readonly subnets: readonly string[];
  /** Where it notes what it makes. */
  readonly folder: string;
  readonly caFile: string | undefined;
}
