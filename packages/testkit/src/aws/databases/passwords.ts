import type { AwsCall } from '../aws-call.js';
import { flag, invalid, record, text, texts } from './parameters.js';

/** The passwords that a new user of a cache is given, none where it asks for none; throws what the services refuse. */
export function checkedPasswords(call: AwsCall): readonly string[] {
  const mode = record(call.parameters, 'AuthenticationMode');
  const passwords = [...texts(call.parameters, 'Passwords'), ...texts(mode, 'Passwords')];
  const type = text(mode, 'Type');
  const asksNone = flag(call.parameters, 'NoPasswordRequired', false) || type === 'no-password-required' || type === 'iam';
  if (asksNone) return [];
  if (passwords.length === 0)
    throw invalid(call, 'No password was provided. If you want to create/update the user without password, please use the NoPasswordRequired flag.');
  if (passwords.length > 2) throw invalid(call, 'At most two passwords are allowed.');
  if (passwords.some((each) => each.length < 16 || each.length > 128)) throw invalid(call, 'Passwords length must be between 16-128 characters.');
  return passwords;
}
