import { isHoldfastError } from '@holdfast/core/basics';
import type { AgentClient, DeploymentJobs } from '@holdfast/engine';
import type { CommandContext } from './command-context.js';

/**
 * Asks whoever runs the job on this machine: a `holdfast run`, else the agent. Where there is no agent either, it runs nowhere here; rejects with HF_JOB_MISSING
 * where there is no such job at all.
 */
export async function askWhoRuns<Answer>(
  { cli, words: [job = ''], signal, open }: CommandContext,
  ask: (who: Pick<DeploymentJobs & AgentClient, 'snapshot' | 'stop'>) => Promise<Answer>,
): Promise<Answer> {
  await using opened = await open(signal);
  try {
    return await ask(opened.deployment.jobs);
  } catch (notHere) {
    if (!isHoldfastError(notHere) || notHere.code !== 'HF_JOB_NOT_RUNNING') throw notHere;
    return await ask(await cli.agentClient(opened.agentSocket)).catch(async (error: unknown) => {
      if (!isHoldfastError(error) || (error.code !== 'HF_AGENT_UNAVAILABLE' && error.code !== 'HF_JOB_NOT_RUNNING')) throw error;
      await assertKnown(opened.deployment.jobs);
      throw notHere;
    });
  }
  /** Where nobody can tell, the job may be there. */
  async function assertKnown({ show }: Pick<DeploymentJobs, 'show'>): Promise<void> {
    const problem: unknown = await show(job, { signal }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (isHoldfastError(problem) && problem.code === 'HF_JOB_MISSING') throw problem;
  }
}
