export type { AwsDatabase, AwsDatabaseOptions, DatabaseInspection, DatabasePlan, DatabaseRemoval, ProgressOptions } from './aws-database.js';
export { awsDatabase } from './aws-database.js';
export type * from './client.js';
export type {
  DatabaseConfig,
  DatabaseIdentity,
  DatabasePurpose,
  DatabaseService,
  ElasticacheConfig,
  MemorydbConfig,
  NetworkConfig,
  RdsConfig,
} from './config/database-config.js';
export { databaseServices } from './config/database-config.js';
export { databaseJsonSchema, parseDatabaseConfig } from './config/parse-database-config.js';
export type { CostClass } from './cost.js';
export { costClass } from './cost.js';
export { assertDurable, lossOf } from './durability.js';
export { fromAwsError, isAbsent, isAlreadyThere } from './errors.js';
export type { ProvisionedDatabase } from './provisioned-database.js';
export { catalogSection } from './provisioned-database.js';
export { rdsBundleUrl } from './rds/authorities.js';
