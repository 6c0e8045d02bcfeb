// Directives of the core that hold without effect: those of its processes, and those of what perdura leaves to the system or does not do.
import { checkMutex, checkRange, checkWord, refusePort } from './inert-checks.ts';
import type { InertDirective } from './inert-module.ts';
import { PROCESSES, SYSTEM } from './inert-reasons.ts';

const ON_OFF = checkWord(['on', 'off'], "parameter must be 'on' or 'off'");

const TOKENS = ['prod', 'productonly', 'major', 'minor', 'min', 'minimal', 'os', 'full'];

/** Checked as Apache checks them. */
export const CORE_INERT: readonly InertDirective[] = [
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
