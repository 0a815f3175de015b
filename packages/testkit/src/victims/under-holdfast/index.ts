export { AgentProcess } from './agent-process.js';
export { AttemptView, attemptsIn, type Part } from './attempt-view.js';
export { ControlGroup } from './control-group.js';
export { type ConfiguredLine, type End, type HeldLine, HeldRun } from './held-run.js';
export { type InterruptedRun, type InterruptOptions, interruptRun } from './interrupt-run.js';
export { machineGone } from './machine-gone.js';
export { allPids, commandLineOf, descendantsOf, killPid, type ProcessLine, readProcess } from './process-table.js';
export { numberField, parseReported, type ReportedEvent, textField } from './reported-event.js';
export { survive, type Survived, type SurviveOptions } from './survive.js';
