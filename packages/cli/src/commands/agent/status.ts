import { exitCodes } from '../../exit-codes.js';
import { agentText } from '../../render/agent-text.js';
import type { CommandContext } from '../command-context.js';

export async function status({ cli, printer, signal, open }: CommandContext): Promise<number> {
  await using opened = await open(signal);
  const told = await (await cli.agentClient(opened.agentSocket)).status({ signal });
  if (printer.json) printer.document(told);
  else printer.text(agentText(told, cli.clock.now()));
  return exitCodes.ok;
}
