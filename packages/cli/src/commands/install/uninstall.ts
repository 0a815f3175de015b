import { exitCodes } from '../../exit-codes.js';
import { installText } from '../../render/install-text.js';
import type { CommandContext } from '../command-context.js';
import { assertWhat, installRoot } from './install-words.js';

export async function uninstall(context: CommandContext): Promise<number> {
  const { cli, printer } = context;
  assertWhat(context, 'uninstall');
  const root = installRoot(context);
  const { uninstallDocker, servicesHere } = await cli.loadInstaller();
  const report = await uninstallDocker({ root, services: root === '/' ? await servicesHere() : undefined });
  if (printer.json) printer.document(report);
  else printer.text(report.changes.length === 0 ? 'nothing is installed here\n' : installText(report));
  return exitCodes.ok;
}
