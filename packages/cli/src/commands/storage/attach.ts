import { exitCodes } from '../../exit-codes.js';
import type { CommandContext, OpenedDeployment } from '../command-context.js';

export async function attach({ deployment: { storage } }: OpenedDeployment, { printer, signal }: CommandContext): Promise<number> {
  const attached = await storage.attach({ signal, lasting: true });
  const { root, guarantees } = attached;
  // The command's own use of it; the place stays. Who gives up now is told where it is, and how it ends.
  await attached.detach();
  if (printer.json) printer.document({ storage: storage.name, root, guarantees });
  else {
    printer.text(`${root}\n`);
    printer.say('word', `${storage.name} stays attached there until holdfast storage detach`);
  }
  return exitCodes.ok;
}
