import { exitCodes } from '../../exit-codes.js';
import { countText } from '../../render/count-text.js';
import type { CommandContext, OpenedDeployment } from '../command-context.js';

export async function detach({ deployment: { storage } }: OpenedDeployment, { printer, signal }: CommandContext): Promise<number> {
  const before = await storage.status({ signal });
  await storage.detachLasting({ signal });
  const { sessions } = await storage.status({ signal });
  if (printer.json) printer.document({ storage: storage.name, detached: sessions.length === 0, sessions });
  else if (sessions.length === 0)
    printer.say('word', before.lasting ? `${storage.name} is kept attached no more` : `${storage.name} was not kept attached here`);
  else
    printer.say('word', `${countText(sessions.length, 'session')} of ${storage.name} left: it is detached with the last (holdfast storage status)`);
  return exitCodes.ok;
}
