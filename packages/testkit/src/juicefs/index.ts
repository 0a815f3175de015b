export { type VolumeMachine, volumeMachine, volumeProcesses } from './volume-machine.js';
export { startVolumeServers, type VolumeServers } from './volume-servers.js';
