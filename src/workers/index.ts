// Several processes that serve one port: started, watched, replaced one after the other, stopped together.
export { MisuseError, OptionError, WorkersError } from '../errors.ts';
export type {
  ReloadReport,
  StopReport,
  WorkerConnectionInfo,
  WorkerConnections,
  WorkerInfo,
  WorkersEvent,
} from './event.ts';
export type { WorkerPhase } from './fleet-state.ts';
export { DEFAULT_WORKERS_OPTIONS, MOST_WORKERS } from './options.ts';
export type { WorkersOptions } from './options.ts';
export { startWorkers } from './start-workers.ts';
export { attachWorker, reportWorkerFailure, workerIdentity } from './worker.ts';
export type { AttachOptions, WorkerIdentity } from './worker.ts';
export type { StopOptions, Workers } from './workers.ts';
