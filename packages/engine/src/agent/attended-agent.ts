import type { AgentConfig, Clock, Logger } from '@holdfast/core';
import { type AgentState, createAgentMetrics } from '../metrics/agent-metrics.js';
import { serveMetrics } from '../metrics/serve-metrics.js';
import { attendNotices } from '../spot/attend-notices.js';
import type { Agent, AgentOptions, AgentStatus } from './types.js';

export interface AttendedAgentOptions {
  readonly config: Pick<AgentConfig, 'spot' | 'metrics'>;
  readonly options: AgentOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Starts the agent itself. */
  readonly serve: (options: AgentOptions) => Promise<Agent>;
}

/** An agent with what goes on beside it: what it does is counted, Prometheus may read it, and the end of the machine is looked out for. */
export async function attendedAgent({ config, options, clock, logger, serve }: AttendedAgentOptions): Promise<Agent> {
  let agent: Agent | undefined;
  const jobs = () => agent?.protectedJobs() ?? [];
  const metrics = await createAgentMetrics();
  const stateOf = (status: AgentStatus | undefined): AgentState => ({
    protectedJobs: jobs().length,
    failingJobs: (status?.containers ?? []).filter(({ failuresInRow }) => failuresInRow > 0).length,
    unprotectedStarts: (status?.unprotected ?? []).reduce((sum, { count }) => sum + count, 0),
  });
  const text = async (): Promise<string> => metrics.text(stateOf(await agent?.status()));
  await using begun = new AsyncDisposableStack();
  // Before a container is touched: a wrong address is a mistake to be seen at once.
  if (config.metrics.listen !== undefined) begun.use(await serveMetrics(config.metrics.listen, { contentType: metrics.contentType, text }));
  const notices = begun.use(
    attendNotices({
      jobs,
      spot: config.spot,
      clock,
      logger,
      onNotice: (kind) => metrics.onNotice(kind),
      onOutcome: (outcome) => metrics.onNoticeOutcome(outcome),
    }),
  );
  const onEvent: AgentOptions['onEvent'] = (event) => {
    metrics.onEvent(event);
    notices.onEvent(event);
    options.onEvent?.(event);
  };
  const served = await serve({ ...options, onEvent, counted: (status) => metrics.samples(stateOf(status)) });
  agent = served;
  const beside = begun.move();
  return {
    socket: served.socket,
    protectedJobs: () => served.protectedJobs(),
    status: () => served.status(),
    [Symbol.asyncDispose]: async () => {
      await beside[Symbol.asyncDispose]();
      await served[Symbol.asyncDispose]();
    },
  };
}
