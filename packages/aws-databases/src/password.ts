import { randomInt } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 40 letters and digits, 238 bits: every one of the services and servers takes them, and nothing has to be escaped. */
export function generatePassword(): string {
  return Array.from({ length: 40 }, () => letters[randomInt(letters.length)]).join('');
}
