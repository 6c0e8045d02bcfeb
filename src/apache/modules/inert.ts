// Directives that hold without effect: those of Apache's processes and threads, and those of what perdura does not do where not doing
// it is what they would ask for. Checked as Apache checks them, but for what is about its own machine: users, folders, files.
import {
  defineDirective,
  type ArgumentKind,
  type DirectiveContext,
  type DirectiveDefinition,
} from '../module/directive.ts';
import { defineModule, type ApacheModule } from '../module/module.ts';
import type { OverrideClass } from '../module/override-grant.ts';
import {
  checkBufferSize,
  checkMutex,
  checkPositive,
  checkRange,
  checkWord,
  checkWorkerFactor,
  refusePort,
  type InertCheck,
} from './inert-checks.ts';

/** One row: name, Apache's usage, why it is without effect; the rest where it is not as most are. */
interface InertDirective {
  readonly name: string;
  readonly usage: string;
  readonly reason: string;
  /** Default `one`. */
  readonly arguments?: ArgumentKind;
  /** Default: servers, not virtual hosts. */
  readonly contexts?: readonly DirectiveContext[];
  readonly override?: readonly OverrideClass[];
  readonly virtualHost?: true;
  readonly check?: InertCheck;
}

const PROCESSES = 'perdura has no processes and threads of this kind';
const SYSTEM = 'perdura leaves this to the system';
const USERS = 'perdura runs as whoever started it';
const NEGOTIATION = 'perdura does not choose among variants of a file';
const NOT_OURS = 'nothing that perdura has asks for it';

const ON_OFF = checkWord(['on', 'off'], "parameter must be 'on' or 'off'");

const TOKENS = ['prod', 'productonly', 'major', 'minor', 'min', 'minimal', 'os', 'full'];

const CORE: readonly InertDirective[] = [
  { name: 'AcceptFilter', usage: 'Set the Accept Filter to use for a protocol', reason: SYSTEM, arguments: 'two' },
  {
    name: 'CoreDumpDirectory',
    usage: 'The location of the directory Apache changes to before dumping core',
    reason: PROCESSES,
  },
  {
    name: 'DefaultRuntimeDir',
    usage: 'Common directory for run-time files (shared memory, locks, etc.)',
    reason: 'perdura writes no such files',
    virtualHost: true,
  },
  {
    name: 'EnableMMAP',
    usage: 'Controls whether memory-mapping may be used to read files',
    reason: 'perdura maps no files',
    contexts: ['server', 'directory', 'htaccess'],
    override: ['FileInfo'],
    virtualHost: true,
    check: ON_OFF,
  },
  {
    name: 'EnableSendfile',
    usage: 'Controls whether sendfile may be used to transmit files',
    reason: 'perdura reads files itself',
    contexts: ['server', 'directory', 'htaccess'],
    override: ['FileInfo'],
    virtualHost: true,
    check: ON_OFF,
  },
  {
    name: 'ExtendedStatus',
    usage: '"On" to track extended status information, "Off" to disable',
    reason: 'perdura has no status page',
    arguments: 'flag',
  },
  {
    name: 'FlushMaxPipelined',
    usage: 'Maximum number of pipelined responses (pending) above which they are flushed to the network',
    reason: SYSTEM,
    virtualHost: true,
    check: checkRange(-1n, 2_147_483_647n, '-1 and (2147483647)'),
  },
  {
    name: 'FlushMaxThreshold',
    usage: 'Maximum threshold above which pending data are flushed to the network',
    reason: SYSTEM,
    virtualHost: true,
    check: checkRange(0n, 4_294_967_295n, '0 and (4294967295U))'),
  },
  {
    name: 'HostnameLookups',
    usage: '"on" to enable, "off" to disable reverse DNS lookups, or "double" to enable double-reverse DNS lookups',
    reason: 'perdura looks no names up',
    contexts: ['server', 'directory'],
    virtualHost: true,
    check: checkWord(['on', 'off', 'double'], "parameter must be 'on', 'off', or 'double'"),
  },
  {
    name: 'LimitXMLRequestBody',
    usage: 'Limit (in bytes) on maximum size of an XML-based request body',
    reason: 'perdura reads no XML',
    contexts: ['server', 'directory', 'htaccess'],
    override: ['any'],
    virtualHost: true,
  },
  {
    name: 'MaxConnectionsPerChild',
    usage: 'Maximum number of connections a particular child serves before dying.',
    reason: PROCESSES,
  },
  {
    name: 'MaxMemFree',
    usage: "Maximum number of 1k blocks a particular child's allocator may hold.",
    reason: PROCESSES,
  },
  {
    name: 'MaxRequestsPerChild',
    usage:
      'Maximum number of connections a particular child serves before dying. (DEPRECATED, use MaxConnectionsPerChild)',
    reason: PROCESSES,
  },
  {
    name: 'Mutex',
    usage: 'mutex (or "default") and mechanism',
    reason: PROCESSES,
    arguments: 'raw',
    check: checkMutex,
  },
  { name: 'PidFile', usage: 'A file for logging the server process ID', reason: 'perdura writes no such file' },
  {
    name: 'Port',
    usage: 'Port was replaced with Listen in Apache 2.0',
    reason: 'Listen has its place',
    virtualHost: true,
    check: refusePort,
  },
  {
    name: 'Protocols',
    usage: 'Controls which protocols are allowed',
    reason: 'to a configuration of Apache perdura speaks HTTP/1.1',
    arguments: 'each',
    virtualHost: true,
  },
  {
    name: 'ProtocolsHonorOrder',
    usage:
      "'off' (default) or 'on' to respect given order of protocols, by default the client specified order determines selection",
    reason: 'to a configuration of Apache perdura speaks HTTP/1.1',
    virtualHost: true,
    check: checkWord(['on', 'off'], "ProtocolsHonorOrder must be 'on' or 'off'"),
  },
  {
    name: 'ReadBufferSize',
    usage: 'Size (in bytes) of the memory buffers used to read data',
    reason: SYSTEM,
    contexts: ['server', 'directory'],
    virtualHost: true,
    check: checkRange(0n, 4_294_967_295n, '0 and (4294967295U))'),
  },
  {
    name: 'RLimitCPU',
    usage: 'Soft/hard limits for max CPU usage in seconds',
    reason: 'perdura starts no programs',
    arguments: 'oneOrTwo',
    contexts: ['server', 'directory', 'htaccess'],
    override: ['any'],
    virtualHost: true,
  },
  {
    name: 'RLimitMEM',
    usage: 'Soft/hard limits for max memory usage per process',
    reason: 'perdura starts no programs',
    arguments: 'oneOrTwo',
    contexts: ['server', 'directory', 'htaccess'],
    override: ['any'],
    virtualHost: true,
  },
  {
    name: 'RLimitNPROC',
    usage: 'soft/hard limits for max number of processes per uid',
    reason: 'perdura starts no programs',
    arguments: 'oneOrTwo',
    contexts: ['server', 'directory', 'htaccess'],
    override: ['any'],
    virtualHost: true,
  },
  {
    name: 'ScoreBoardFile',
    usage: 'A file for Apache to maintain runtime process management information',
    reason: PROCESSES,
  },
  {
    name: 'SeeRequestTail',
    usage:
      'For extended status, "On" to see the last 63 chars of the request line, "Off" (default) to see the first 63',
    reason: 'perdura has no status page',
    arguments: 'flag',
  },
  {
    name: 'ServerTokens',
    usage: 'Determine tokens displayed in the Server: header - Min(imal), Major, Minor, Prod(uctOnly), OS, or Full',
    reason: 'perdura always says that it is perdura, and no more',
    check: checkWord(
      TOKENS,
      "ServerTokens takes 1 argument: 'Prod(uctOnly)', 'Major', 'Minor', 'Min(imal)', 'OS', or 'Full'",
    ),
  },
  {
    name: 'ThreadStackSize',
    usage: 'Size in bytes of stack used by threads handling client connections',
    reason: PROCESSES,
  },
];

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

function declare({ name, usage, reason, check, ...row }: InertDirective): DirectiveDefinition<null, null> {
  return defineDirective({
    name,
    usage,
    contexts: row.contexts ?? ['server'],
    ...(row.override === undefined ? {} : { override: row.override }),
    ...(row.virtualHost === true ? {} : { virtualHost: false }),
    tier: 1,
    effect: 'inert',
    arguments: row.arguments ?? 'one',
    summary: reason,
    apply: ({ words }) => check?.(words, name),
  });
}

function inertModule(
  name: string,
  identifier: string,
  directives: readonly InertDirective[],
): ApacheModule<null, null> {
  return defineModule<null, null>({
    name,
    identifier,
    directives: directives.map((row) => declare(row)),
  });
}

/** Each beside the module that has the name's other directives. */
export const inertModules: ReadonlyArray<ApacheModule<null, null>> = [
  inertModule('core.c', 'core_module', CORE),
  inertModule('event.c', 'mpm_event_module', PROCESSING),
  inertModule('prefork.c', 'mpm_prefork_module', PREFORK),
  inertModule('mod_unixd.c', 'unixd_module', SYSTEM_USER),
  inertModule('mod_negotiation.c', 'negotiation_module', VARIANTS),
  inertModule('mod_watchdog.c', 'watchdog_module', WATCHDOG),
];
