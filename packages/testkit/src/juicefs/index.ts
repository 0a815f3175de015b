export { type VolumeMachine, volumeMachine } from './volume-machine.js';
export { startVolumeServers, type VolumeServers } from './volume-servers.js';
