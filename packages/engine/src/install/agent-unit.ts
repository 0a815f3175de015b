/** The name of the agent's service. */
export const agentUnitName = 'holdfast-agent.service';

/**
 * The unit of the node's agent. Pure. `expectedFile`: by which launchers know that an agent is about to serve.
 *
 * - It is there before Docker starts containers again, and after it has ended them: neither waits for the other's readiness.
 * - Launchers know that it is about to serve before its program is loaded.
 * - What it does while a container stands still comes before what containers and its own persisting do with a processor, and waits for no thread that waits for a disk.
 * - A restart ends the agent alone: what it has under way for containers goes on or ends by itself, and containers run on.
 */
export function agentUnit(command: readonly string[], expectedFile: string): string {
  return `# Written by holdfast install docker; holdfast uninstall docker removes it.
[Unit]
Description=Holdfast agent: snapshots of this node's containers
Wants=network-online.target
After=local-fs.target remote-fs.target network-online.target
Before=docker.service ecs.service
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStartPre=-${['/bin/sh', '-c', ': > "$0"', expectedFile].map(unitWord).join(' ')}
ExecStart=${command.map(unitWord).join(' ')}
Restart=always
RestartSec=1
KillMode=process
RuntimeDirectory=holdfast
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
OOMScoreAdjust=-900
Nice=-10
Environment=UV_THREADPOOL_SIZE=64
LimitNOFILE=infinity
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}

/** A word as systemd reads it back. */
function unitWord(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@+=:,./%$-]+$/u.test(escaped) ? escaped : `"${escaped.replaceAll(/["\\]/gu, String.raw`\$&`)}"`;
}
