import { isHoldfastError } from '@holdfast/core/basics';
import type { AgentClient, DeploymentJobs } from '@holdfast/engine';
import type { CommandContext } from './command-context.js';

/** Asks whoever runs the job on this machine: a `holdfast run`, else the agent. Where there is no agent either, it runs nowhere here. */
export async function askWhoRuns<Answer>(
  { cli, signal, open }: CommandContext,
  ask: (who: Pick<DeploymentJobs & AgentClient, 'snapshot' | 'stop'>) => Promise<Answer>,
): Promise<Answer> {
  await using opened = await open(signal);
  try {
    return await ask(opened.deployment.jobs);
  } catch (notHere) {
    if (!isHoldfastError(notHere) || notHere.code !== 'HF_JOB_NOT_RUNNING') throw notHere;
    return await ask(await cli.agentClient(opened.agentSocket)).catch((error: unknown) => {
      throw isHoldfastError(error) && error.code === 'HF_AGENT_UNAVAILABLE' ? notHere : error;
    });
  }
}
