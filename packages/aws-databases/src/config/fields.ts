import { durationField } from '@holdfast/core';
import * as z from 'zod';
import type { CommonConfig, DatabaseIdentity } from './database-config.js';

const listOf = (pattern: RegExp, what: string, description: string): z.ZodPrefault<z.ZodArray<z.ZodString>> =>
  z
    .array(z.string().regex(pattern, { error: (issue) => `'${String(issue.input)}' is no ${what}` }))
    .meta({ description })
    .prefault([]);

export const nameField = (description: string): z.ZodString => z.string().min(1).max(255).meta({ description });

interface CommonShape {
  readonly region: z.ZodOptional<z.ZodString>;
  readonly adopt: z.ZodOptional<z.ZodString>;
  readonly subnets: z.ZodPrefault<z.ZodArray<z.ZodString>>;
  readonly securityGroups: z.ZodPrefault<z.ZodArray<z.ZodString>>;
  readonly clientSecurityGroups: z.ZodPrefault<z.ZodArray<z.ZodString>>;
  readonly clientCidrs: z.ZodPrefault<z.ZodArray<z.ZodString>>;
  readonly tags: z.ZodPrefault<z.ZodRecord<z.ZodString, z.ZodString>>;
  readonly kmsKey: z.ZodOptional<z.ZodString>;
  readonly timeout: z.ZodPrefault<z.ZodType<number, string>>;
}

/** The settings that every service has. */
export const commonShape: CommonShape = {
  region: nameField('The region; by default what the environment or the profile of the AWS tools says.').optional(),
  adopt: nameField('The identifier of a database that is there already: it is used as it is, and never removed.').optional(),
  subnets: listOf(/^subnet-[0-9a-f]+$/u, 'id of a subnet', 'Two or more subnets of one VPC, in different zones.'),
  securityGroups: listOf(/^sg-[0-9a-f]+$/u, 'id of a security group', 'Security groups to use, in place of one that is made.'),
  clientSecurityGroups: listOf(/^sg-[0-9a-f]+$/u, 'id of a security group', 'Security groups of the machines that may connect.'),
  clientCidrs: listOf(/^[0-9a-f.:]+\/\d{1,3}$/iu, 'range of addresses', 'Ranges of addresses that may connect, such as 10.0.0.0/16.'),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).meta({ description: 'Tags beside those of Holdfast.' }).prefault({}),
  kmsKey: nameField('A key of KMS for what lies on disk; by default the one of the service.').optional(),
  timeout: durationField('How long the database may take to become ready.').prefault('1h'),
};

interface CommonSection extends Pick<CommonConfig, 'tags'> {
  readonly region?: string | undefined;
  readonly adopt?: string | undefined;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly clientSecurityGroups: readonly string[];
  readonly clientCidrs: readonly string[];
  readonly kmsKey?: string | undefined;
  readonly timeout: number;
}

export function commonConfig({ name, purpose }: DatabaseIdentity, section: CommonSection): CommonConfig {
  const { region, adopt, subnets, securityGroups, clientSecurityGroups, clientCidrs, tags, kmsKey, timeout } = section;
  return { name, purpose, region, adopt, network: { subnets, securityGroups, clientSecurityGroups, clientCidrs }, tags, kmsKey, timeoutMs: timeout };
}

export interface Problem {
  readonly message: string;
  readonly hint: string;
}

/** What is wrong with the settings of the network together. */
export function networkProblem({ adopt, subnets, securityGroups, clientSecurityGroups, clientCidrs }: CommonSection): Problem | undefined {
  const clients = clientSecurityGroups.length + clientCidrs.length;
  if (adopt !== undefined) {
    if (subnets.length + securityGroups.length + clients === 0) return undefined;
    return {
      message: "'adopt' takes a database as it is: subnets and security groups cannot be given beside it",
      hint: 'Leave them out, or leave out adopt',
    };
  }
  if (new Set(subnets).size < 2)
    return { message: "'subnets' needs two or more, in different zones", hint: 'Write "subnets": ["subnet-0a1b", "subnet-0c2d"]' };
  if (securityGroups.length > 0 && clients > 0)
    return {
      message: "'securityGroups' and 'clientSecurityGroups' or 'clientCidrs' exclude each other",
      hint: 'Give the groups of the database, or say who may connect to one that is made',
    };
  if (securityGroups.length === 0 && clients === 0)
    return { message: 'nobody could connect to the database', hint: "Name the security group of your machines in 'clientSecurityGroups'" };
  if (clientCidrs.some((range) => /^(0\.0\.0\.0|::)\/0$/u.test(range)))
    return { message: "'clientCidrs' lets the whole internet in", hint: 'Give the range of your VPC' };
  return undefined;
}
