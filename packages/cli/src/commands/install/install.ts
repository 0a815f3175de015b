import { join } from 'node:path';
import { exitCodes } from '../../exit-codes.js';
import { installText } from '../../render/install-text.js';
import { isOn } from '../../settings/read-values.js';
import type { CommandContext } from '../command-context.js';
import { describeDeployment } from './describe-deployment.js';
import { assertWhat, installRoot } from './install-words.js';

/** Where a release puts the native helpers. */
const releaseHelpers = '/usr/lib/holdfast';

export async function install(context: CommandContext): Promise<number> {
  const { cli, printer, values } = context;
  assertWhat(context, 'install');
  const root = installRoot(context);
  const { config, given, tools, agentSocket, storageFrom } = await describeDeployment(context, root);
  const { installDocker, servicesHere } = await cli.loadInstaller();
  const report = await installDocker({
    root,
    defaultRuntime: isOn(values, 'default-runtime'),
    launcher: join(tools['native'] ?? releaseHelpers, 'holdfast-runc'),
    runc: tools['runc'],
    criu: tools['criu'],
    program: cli.program,
    config,
    given,
    agentSocket,
    services: root === '/' ? await servicesHere() : undefined,
  });
  if (printer.json) printer.document(report);
  else printer.text(installText(report));
  if (!printer.json) for (const warning of report.warnings ?? []) printer.say('warning', warning);
  if (storageFrom === 'default' && !printer.json)
    printer.say('warning', "the storage is this machine's own: what it holds is gone with the machine (--storage names one that is shared)");
  return exitCodes.ok;
}
