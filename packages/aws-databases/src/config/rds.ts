import { absolutePathField } from '@holdfast/core';
import * as z from 'zod';
import type { DatabaseIdentity, RdsConfig } from './database-config.js';
import { commonConfig, commonShape, nameField, networkProblem } from './fields.js';
import { refuse } from './refuse.js';

/** What both servers take unquoted, and nobody's own: names of a system's databases and users are refused. */
const identifier = (description: string): z.ZodString =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,30}$/u, { error: 'it must be 1 to 31 of a-z, 0-9 and _, beginning with a letter' })
    .regex(/^(?!(?:mysql|sys|information_schema|performance_schema|postgres|template\d|rdsadmin|rds_.*|pg_.*|root|admin|holdfast_admin)$)/u, {
      error: (issue) => `'${String(issue.input)}' belongs to the server`,
    })
    .meta({ description });

/** The section of an instance of RDS. */
export function rdsSchema(service: RdsConfig['service'], identity: DatabaseIdentity): z.ZodType<RdsConfig> {
  return z
    .strictObject({
      ...commonShape,
      instanceClass: z
        .string()
        .regex(/^db\.[a-z0-9-]+\.[a-z0-9]+$/u)
        .meta({ description: 'The class of the instance.' })
        .prefault('db.t4g.small'),
      version: nameField("The server's version; by default RDS's own choice.").optional(),
      storageGib: z.int().min(20).max(65_536).meta({ description: 'Size of its disk, in GiB.' }).prefault(20),
      multiAz: z.boolean().meta({ description: 'A second one in another zone takes over; costs as much again.' }).prefault(false),
      backupDays: z.int().min(0).max(35).meta({ description: 'Automatic backups are kept so many days; 0: none are made.' }).prefault(7),
      database: identifier('The database that is made on it.').prefault('holdfast'),
      user: identifier('The user that is made for it.').prefault('holdfast'),
      masterPasswordSecret: nameField("A secret with the administrator's password; by default RDS makes, keeps and rotates it.").optional(),
      tlsCaFile: absolutePathField('Certificate authorities to trust, as a PEM file; by default the bundle of RDS is fetched.').optional(),
    })
    .transform((section, context): RdsConfig => {
      const problem = networkProblem(section);
      if (problem !== undefined) return refuse(context, problem);
      const { instanceClass, version, storageGib, multiAz, backupDays, database, user, masterPasswordSecret, tlsCaFile } = section;
      const own = { service, instanceClass, version, storageGib, multiAz, backupDays, database, user, masterPasswordSecret, tlsCaFile };
      return { ...commonConfig(identity, section), ...own };
    });
}
