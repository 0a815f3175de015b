import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';
import type { CliOptions } from '../cli-options.js';
import { asHoldfastError } from '../process/as-holdfast-error.js';
import { errorLines } from '../render/error-text.js';
import type { Printer } from '../render/printer.js';
import type { CommonSettings } from '../settings/common-settings.js';
import { readConfigFile } from '../settings/config-file.js';
import { deploymentConfig, storageKind } from '../settings/deployment-config.js';
import type { OpenedDeployment } from './command-context.js';

/** Opens what the settings describe. Its end never hides how the command went: a failure to close is a warning. */
export async function openDeploymentOf(cli: CliOptions, settings: CommonSettings, printer: Printer, signal: AbortSignal): Promise<OpenedDeployment> {
  const file = await readConfigFile(settings.config);
  const plugins = await cli.loadPlugins(storageKind(file.content, settings));
  const { config, storageFrom, storageDirectory, secretVariables, agentSocket } = deploymentConfig(file.content, settings, plugins, cli.environment);
  const deployment = await cli.openDeployment({ ...plugins, config }, { logger: printer.logger, signal }).catch((error: unknown) => {
    throw namingFile(error, file.path);
  });
  return {
    deployment,
    storageFrom,
    storageDirectory,
    secretVariables,
    agentSocket,
    [Symbol.asyncDispose]: async () => {
      try {
        await deployment[Symbol.asyncDispose]();
      } catch (error) {
        tellUnclosed(printer, asHoldfastError(error));
      }
    },
  };
}

function tellUnclosed(printer: Printer, failure: HoldfastError): void {
  const { code, message, hint } = failure;
  const told = `closing the storage failed: ${message}`;
  if (printer.json) printer.line('warning', { type: 'warning', code, message: told, hint });
  else printer.say('warning', ...errorLines({ code, message: told, hint }));
}

/** What the line and the variables say was parsed before: a wrong value that is left comes from the file. */
function namingFile(error: unknown, file: string | undefined): unknown {
  if (file === undefined || !isHoldfastError(error) || error.code !== 'HF_CONFIG') return error;
  const { code, kind, message, hint, context } = error;
  return new HoldfastError(code, {
    kind,
    message: `${file}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
    context: { ...context, file },
    cause: error,
  });
}
