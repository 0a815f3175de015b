import type { CommandContext } from '../command-context.js';
import { type ConfigObject, readConfigFile } from '../../settings/config-file.js';
import { deploymentConfig, type DeploymentChoice, storageKind } from '../../settings/deployment-config.js';

export interface DescribedDeployment extends Pick<DeploymentChoice, 'agentSocket' | 'storageFrom'> {
  /** What the configuration file is to hold. */
  readonly config: ConfigObject;
  /** What of it the line and the variables say. */
  readonly given: ConfigObject;
  /** Paths of programs that are named. */
  readonly tools: Readonly<Record<string, string>>;
}

/** What this line, its variables and its file describe, parsed once so that nothing wrong is written. In another tree this machine's own file says nothing. */
export async function describeDeployment({ cli, settings, printer, signal }: CommandContext, root: string): Promise<DescribedDeployment> {
  const { content } = settings.config === undefined && root !== '/' ? { content: {} } : await readConfigFile(settings.config);
  const plugins = await cli.loadPlugins(storageKind(content, settings));
  const { config, agentSocket, storageFrom, storageDirectory } = deploymentConfig(content, settings, plugins, cli.environment);
  await using _ = await cli.openDeployment({ ...plugins, config }, { logger: printer.logger, signal });
  const complete = 'storage' in config ? config : { ...config, storage: { type: 'local', path: storageDirectory } };
  const said = { storage: settings.storage, catalog: settings.catalog, stateDirectory: settings.stateDirectory };
  return {
    config: complete,
    given: Object.fromEntries(
      Object.entries(config).filter(([name]) => Object.entries(said).some(([other, value]) => other === name && value !== undefined)),
    ),
    tools: stringsOf(config['tools']),
    agentSocket,
    storageFrom,
  };
}

function stringsOf(section: unknown): Readonly<Record<string, string>> {
  if (typeof section !== 'object' || section === null) return {};
  return Object.fromEntries(Object.entries(section).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
