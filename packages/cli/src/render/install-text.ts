import type { InstallReport } from '@holdfast/engine';
import { escapeText } from './escape-text.js';

const serviceText: Readonly<Record<InstallReport['services'], string>> = {
  told: '',
  'docker-not-told': 'Docker was not told: it reads daemon.json when it starts (systemctl restart docker)\n',
  untouched: 'no service was touched: Docker and the agent read this when they start; without systemd start the agent by hand (holdfast agent)\n',
};

/** A line a file, and what is still to be done. */
export function installText({ changes, services }: InstallReport): string {
  const lines = changes.map(({ file, did, reason }) => `${did.padEnd(8)} ${escapeText(file)}${reason === undefined ? '' : `: ${reason}`}\n`);
  return lines.join('') + serviceText[services];
}
