import type { DatabaseConfig, DatabasePurpose, DatabaseService } from './config/database-config.js';

const shortNames: Readonly<Record<DatabaseService, string>> = {
  rdsMysql: 'mysql',
  rdsPostgres: 'postgres',
  elasticache: 'cache',
  memorydb: 'memorydb',
};

export const ports: Readonly<Record<DatabaseService, number>> = { rdsMysql: 3306, rdsPostgres: 5432, elasticache: 6379, memorydb: 6379 };

/** Of one length: with the longest name and `-memorydb` it is the 40 characters that ElastiCache and MemoryDB take. */
const prefixes: Readonly<Record<DatabasePurpose, string>> = { catalog: 'holdfast', volume: 'hfvolume' };

type Named = Pick<DatabaseConfig, 'name' | 'purpose'>;

/** What everything of one database is called: the same at every rerun and by every provisioner, which is what makes it one of each. */
export function baseName({ service, ...named }: Named & Pick<DatabaseConfig, 'service'>): string {
  return `${shortName(named)}-${shortNames[service]}`;
}

/** Without the service: of the user of MemoryDB too. */
export function shortName({ name, purpose }: Named): string {
  return `${prefixes[purpose]}-${name}`;
}

export function secretName({ name, purpose, service }: Named & Pick<DatabaseConfig, 'service'>): string {
  return purpose === 'catalog' ? `holdfast/${name}/${shortNames[service]}` : `holdfast/${name}/${purpose}-${shortNames[service]}`;
}

/** The tags that say whose it is, and what for. */
const nameTag = 'holdfast:deployment';
const purposeTag = 'holdfast:purpose';

/** What is written into descriptions, so that it is known as Holdfast's, of this name and purpose. */
export function markOf({ name, purpose }: Named): string {
  return `Holdfast ${purpose} ${name}`;
}

/** The mark of what has tags in place of a description; undefined where they are not Holdfast's. */
export function markOfTags({ [nameTag]: name, [purposeTag]: purpose = 'unknown' }: Readonly<Record<string, string>>): string | undefined {
  return name === undefined ? undefined : `Holdfast ${purpose} ${name}`;
}

export function tagsOf(config: Named & Pick<DatabaseConfig, 'tags'>): Readonly<Record<string, string>> {
  return { ...config.tags, Name: shortName(config), [nameTag]: config.name, [purposeTag]: config.purpose };
}

/** The administrator of an instance of RDS; of the 16 characters that MySQL allows it. */
export const masterUser = 'holdfast_admin';
