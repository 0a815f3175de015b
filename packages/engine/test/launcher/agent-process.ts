import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** An agent in a process of its own: it says a sign of life, executes these lines of Python, and says `create`. */
export class AgentProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async at(socket: string, ...lines: readonly string[]): Promise<AgentProcess> {
    const program = [
      'import socket, sys, time',
      's = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print("listens", flush=True)',
      'c, _ = s.accept(); c.recv(4096)',
      'c.send(b\'{"wait":true}\\n\')',
      ...lines,
      'c.send(b\'{"do":"create"}\\n\'); c.recv(9)',
    ];
    const child = spawn('/usr/bin/python3', ['-c', program.join('\n'), socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    return new AgentProcess(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    if (this.#child.exitCode === null && this.#child.kill('SIGKILL')) await ended;
  }
}
