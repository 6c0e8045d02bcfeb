// Directives that hold without effect: those of Apache's processes and threads, and those of what perdura does not do where not doing
// it is what they would ask for. Checked as Apache checks them, but for what is about its own machine: users, folders, files.
import type { ApacheModule } from '../module/module.ts';
import { checkBufferSize, checkPositive, checkWorkerFactor } from './inert-checks.ts';
import { CORE_INERT } from './inert-core.ts';
import { inertModule, type InertDirective } from './inert-module.ts';
import { PROCESSES, SYSTEM } from './inert-reasons.ts';

const USERS = 'perdura runs as whoever started it';
const NEGOTIATION = 'perdura does not choose among variants of a file';
const NOT_OURS = 'nothing that perdura has asks for it';

const PROCESSING: readonly InertDirective[] = [
  {
    name: 'AsyncRequestWorkerFactor',
    usage: 'How many additional connects will be accepted per idle worker thread',
    reason: PROCESSES,
    check: checkWorkerFactor,
  },
  {
    name: 'GracefulShutdownTimeout',
    usage: 'Maximum time in seconds to wait for child processes to complete transactions during shutdown',
    reason: PROCESSES,
  },
  {
    name: 'ListenBacklog',
    usage: 'Maximum length of the queue of pending connections, as used by listen(2)',
    reason: SYSTEM,
    check: checkPositive,
  },
  {
    name: 'ListenCoresBucketsRatio',
    usage: 'Ratio between the number of CPU cores (online) and the number of listeners buckets',
    reason: SYSTEM,
    check: checkPositive,
  },
  {
    name: 'ListenTCPDeferAccept',
    usage: 'Value set for the socket option TCP_DEFER_ACCEPT if it is set',
    reason: SYSTEM,
    check: checkPositive,
  },
  { name: 'MaxClients', usage: 'Deprecated name of MaxRequestWorkers', reason: PROCESSES },
  { name: 'MaxRequestWorkers', usage: 'Maximum number of threads alive at the same time', reason: PROCESSES },
  { name: 'MaxSpareThreads', usage: 'Maximum number of idle threads', reason: PROCESSES },
  {
    name: 'MinSpareThreads',
    usage: 'Minimum number of idle threads, to handle request spikes',
    reason: PROCESSES,
  },
  { name: 'ReceiveBufferSize', usage: 'Receive buffer size in bytes', reason: SYSTEM, check: checkBufferSize },
  { name: 'SendBufferSize', usage: 'Send buffer size in bytes', reason: SYSTEM, check: checkBufferSize },
  { name: 'ServerLimit', usage: 'Maximum number of child processes for this run of Apache', reason: PROCESSES },
  { name: 'StartServers', usage: 'Number of child processes launched at server startup', reason: PROCESSES },
  {
    name: 'ThreadLimit',
    usage:
      'Maximum number of worker threads per child process for this run of Apache - Upper limit for ThreadsPerChild',
    reason: PROCESSES,
  },
  { name: 'ThreadsPerChild', usage: 'Number of threads each child creates', reason: PROCESSES },
];

const PREFORK: readonly InertDirective[] = [
  { name: 'MaxSpareServers', usage: 'Maximum number of idle children', reason: PROCESSES },
  { name: 'MinSpareServers', usage: 'Minimum number of idle children, to handle request spikes', reason: PROCESSES },
];

const SYSTEM_USER: readonly InertDirective[] = [
  { name: 'Group', usage: 'Effective group id for this server', reason: USERS },
  {
    name: 'Suexec',
    usage: 'Enable or disable suEXEC support',
    reason: 'perdura starts no programs',
    arguments: 'flag',
  },
  { name: 'User', usage: 'Effective user id for this server', reason: USERS },
];

const VARIANTS: readonly InertDirective[] = [
  {
    name: 'CacheNegotiatedDocs',
    usage: "Either 'on' or 'off' (default)",
    reason: NEGOTIATION,
    arguments: 'flag',
    virtualHost: true,
  },
  {
    name: 'ForceLanguagePriority',
    usage: 'Force LanguagePriority elections, either None, or Fallback and/or Prefer',
    reason: NEGOTIATION,
    arguments: 'each',
    contexts: ['server', 'directory', 'htaccess'],
    override: ['FileInfo'],
    virtualHost: true,
  },
  {
    name: 'LanguagePriority',
    usage: 'space-delimited list of MIME language abbreviations',
    reason: NEGOTIATION,
    arguments: 'each',
    contexts: ['server', 'directory', 'htaccess'],
    override: ['FileInfo'],
    virtualHost: true,
  },
];

const WATCHDOG: readonly InertDirective[] = [
  { name: 'WatchdogInterval', usage: 'Watchdog interval in seconds', reason: NOT_OURS },
];

/** Each beside the module that has the name's other directives. */
export const inertModules: ReadonlyArray<ApacheModule<null, null>> = [
  inertModule('core.c', 'core_module', CORE_INERT),
  inertModule('event.c', 'mpm_event_module', PROCESSING),
  inertModule('prefork.c', 'mpm_prefork_module', PREFORK),
  inertModule('mod_unixd.c', 'unixd_module', SYSTEM_USER),
  inertModule('mod_negotiation.c', 'negotiation_module', VARIANTS),
  inertModule('mod_watchdog.c', 'watchdog_module', WATCHDOG),
];
