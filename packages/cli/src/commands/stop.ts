import { isHoldfastError } from '@holdfast/core/basics';
import type { StoppedJob } from '@holdfast/engine';
import { exitCodes } from '../exit-codes.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

export async function stop(context: CommandContext): Promise<number> {
  const { printer, words } = context;
  const job = jobArgument(words);
  printer.progress(`stopping '${job}' …`);
  const stopped = await stopAnywhere(job, context).finally(() => printer.progress(undefined));
  if (printer.json) printer.document(stopped);
  else printer.text(stoppedText(stopped));
  return exitCodes.ok;
}

/** By whoever runs it: a `holdfast run` of this machine, else the agent. */
async function stopAnywhere(job: string, { cli, signal, open }: CommandContext): Promise<StoppedJob> {
  await using opened = await open(signal);
  try {
    return await opened.deployment.jobs.stop(job, { signal });
  } catch (notHere) {
    if (!isHoldfastError(notHere) || notHere.code !== 'HF_JOB_NOT_RUNNING') throw notHere;
    const client = await cli.agentClient(opened.agentSocket);
    // Where there is no agent, the job runs nowhere here.
    return client.stop(job, { signal }).catch((error: unknown) => {
      throw isHoldfastError(error) && error.code === 'HF_AGENT_UNAVAILABLE' ? notHere : error;
    });
  }
}

function stoppedText({ job, outcome, lastSnapshot }: StoppedJob): string {
  if (outcome === 'exited') return `job '${job}' ended by itself meanwhile\n`;
  return `job '${job}' is stopped${lastSnapshot === undefined ? '' : `: its next attempt goes on from snapshot ${lastSnapshot}`}\n`;
}
