import type { DatabaseConfig, DatabaseService } from './config/database-config.js';

const shortNames: Readonly<Record<DatabaseService, string>> = {
  rdsMysql: 'mysql',
  rdsPostgres: 'postgres',
  elasticache: 'cache',
  memorydb: 'memorydb',
};

export const ports: Readonly<Record<DatabaseService, number>> = { rdsMysql: 3306, rdsPostgres: 5432, elasticache: 6379, memorydb: 6379 };

/** What everything of one database is called: the same at every rerun and by every provisioner, which is what makes it one of each. */
export function baseName({ name, service }: Pick<DatabaseConfig, 'name' | 'service'>): string {
  return `holdfast-${name}-${shortNames[service]}`;
}

export function secretName({ name, service }: Pick<DatabaseConfig, 'name' | 'service'>): string {
  return `holdfast/${name}/${shortNames[service]}`;
}

/** The tag that says whose it is. */
export const markTag = 'holdfast:deployment';

/** What is written into descriptions and tags, so that it is known as Holdfast's, of this deployment. */
export function markOf({ name }: Pick<DatabaseConfig, 'name'>): string {
  return `Holdfast deployment ${name}`;
}

export function tagsOf(config: Pick<DatabaseConfig, 'name' | 'tags'>): Readonly<Record<string, string>> {
  return { ...config.tags, Name: `holdfast-${config.name}`, [markTag]: config.name };
}

/** The administrator of an instance of RDS; of the 16 characters that MySQL allows it. */
export const masterUser = 'holdfast_admin';
