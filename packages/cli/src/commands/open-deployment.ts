import type { CliOptions } from '../cli-options.js';
import type { Printer } from '../render/printer.js';
import type { CommonSettings } from '../settings/common-settings.js';
import { readConfigFile } from '../settings/config-file.js';
import { deploymentConfig } from '../settings/deployment-config.js';
import type { OpenedDeployment } from './command-context.js';

/** Opens what the settings describe. Its end never hides how the command went: a failure to close is a warning. */
export async function openDeploymentOf(cli: CliOptions, settings: CommonSettings, printer: Printer, signal: AbortSignal): Promise<OpenedDeployment> {
  const [file, plugins] = await Promise.all([readConfigFile(settings.config), cli.loadPlugins()]);
  const { config, storageFrom, storageDirectory } = deploymentConfig(file, settings, plugins, cli.environment);
  const deployment = await cli.openDeployment({ ...plugins, config }, { logger: printer.logger, signal });
  return {
    deployment,
    storageFrom,
    storageDirectory,
    [Symbol.asyncDispose]: async () => {
      try {
        await deployment[Symbol.asyncDispose]();
      } catch (error) {
        printer.say('warning', `closing the storage failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}
