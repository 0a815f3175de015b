import { exitCodes } from '../exit-codes.js';
import { doctorText } from '../render/doctor-text.js';
import type { CommandContext } from './command-context.js';

export async function doctor({ printer, signal, open }: CommandContext): Promise<number> {
  await using opened = await open(signal);
  const report = await opened.deployment.doctor({ signal });
  if (printer.json) printer.document({ ok: report.ok, checks: report.checks });
  else printer.text(doctorText(report));
  return report.ok ? exitCodes.ok : exitCodes.no;
}
