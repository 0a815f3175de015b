import { arch, hostname, release } from 'node:os';

/** What the host is, for the snapshot's description. */
export function describeHost(): { readonly kernel: string; readonly architecture: string; readonly name: string } {
  return { kernel: release(), architecture: arch(), name: hostname() };
}
