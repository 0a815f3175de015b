export type { ImageContent } from './docker-image.js';
export type { DockerNode, DockerOptions } from './docker-node.js';
export { missingDocker } from './programs.js';
export type { CommandOptions, CommandResult } from './run-command.js';
export { startDocker } from './start-docker.js';
