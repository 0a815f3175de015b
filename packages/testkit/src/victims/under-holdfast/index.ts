export { AttemptView, attemptsIn, type Part } from './attempt-view.js';
export { ControlGroup } from './control-group.js';
export { type ConfiguredLine, type End, type HeldLine, HeldRun } from './held-run.js';
export { machineGone } from './machine-gone.js';
export { allPids, commandLineOf, descendantsOf, killPid, readProcess } from './process-table.js';
export { numberField, parseReported, type ReportedEvent, textField } from './reported-event.js';
