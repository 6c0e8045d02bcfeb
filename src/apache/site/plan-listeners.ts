// From `Listen` and what holds for the server there to options of serve(): deadlines, limits, what is accepted, certificates.
import type { AnswerHandler, RefuseHandler, ServeOptions } from '../../server/index.ts';
import type { LoadedConfiguration } from '../config/read-configuration.ts';
import type { ListenAddress } from '../config/process-configuration.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import { keepAliveOf } from '../answer/keep-alive-settings.ts';
import { REQUEST_DEFAULTS, coreRequest } from '../modules/core-request.ts';
import { readTimeoutsOf } from '../modules/reqtimeout.ts';

import { ConfigurationRefused } from '../syntax/configuration-error.ts';
import { ssl } from '../modules/ssl.ts';
import { hostsOfListener } from './listener-hosts.ts';
import { planTimeouts } from './plan-timeouts.ts';
import { idOf, planTls } from './plan-tls.ts';
import type { TlsPlan } from './plan-tls.ts';
import type { SiteEnvironment } from './site-environment.ts';

/** One server to be started. */
export interface ListenerPlan {
  readonly listen: ListenAddress;
  readonly options: ServeOptions;
  /** Undefined: plain TCP. */
  readonly tls: TlsPlan | undefined;
}

interface Answering {
  readonly handler: AnswerHandler;
  readonly refuse: RefuseHandler;
}

/** Empty lines that Apache takes before a request line. */
const MAX_EMPTY_LINES = 10;

/** Tables are allocated by it; Apache's 0 stands for no limit. */
const MOST_FIELDS = 10_000;

/** @throws ConfigurationRefused where certificates are missing, or an address would have to be two things */
export function planListeners(
  configuration: LoadedConfiguration,
  answering: Answering,
  environment: Pick<SiteEnvironment, 'files' | 'machineName' | 'openConnections'>,
): readonly ListenerPlan[] {
  const main = configuration.hosts[0]!;
  const { files, machineName, openConnections } = environment;
  return configuration.listen.map((listen) => {
    const hosts = hostsOfListener(configuration.hosts, listen);
    if (configuration.modules.has(ssl.name)) checkOneKind(hosts, listen, machineName);
    const tls = configuration.modules.has(ssl.name) ? planTls(hosts, main, files, machineName) : undefined;
    const options = planOptions(configuration, listen, hosts[0]!, answering, tls);
    const limits = openConnections === undefined ? options.limits : { ...options.limits, connections: openConnections };
    return { listen, options: { ...options, limits: limits! }, tls };
  });
}

/** A socket speaks TLS or does not: hosts of several addresses that share one must agree. @throws ConfigurationRefused */
function checkOneKind(hosts: readonly VirtualHost[], listen: ListenAddress, machineName: string | undefined): void {
  const speaksTls = (host: VirtualHost): boolean => ssl.ofServer(host.server).engine === true;
  const addresses = new Set<string>();
  for (const host of hosts) {
    const isFirst = host.addresses.some(({ host: address }) => !addresses.has(address));
    for (const { host: address } of host.addresses) addresses.add(address);
    if (!isFirst || speaksTls(host) === speaksTls(hosts[0]!)) continue;
    const names = [hosts[0]!, host].map((one) => idOf(one, machineName));
    throw new ConfigurationRefused(
      `Listen ${listen.host === '*' ? '' : `${listen.host}:`}${listen.port}: ${names.join(' and ')} differ in SSLEngine: write a Listen for each of their addresses`,
      undefined,
      'structure',
    );
  }
}

function planOptions(
  configuration: LoadedConfiguration,
  listen: ListenAddress,
  host: VirtualHost,
  answering: Answering,
  tls: TlsPlan | undefined,
): ServeOptions {
  return {
    ...(tls === undefined ? {} : { tls: tls.options }),
    ...answering,
    port: listen.port,
    hostname: listen.host === '*' ? '::' : listen.host,
    builtinAnswers: false,
    http2: false,
    keepAlive: true,
    keepAliveGraceMs: 0,
    limits: planLimits(host),
    timeouts: planTimeouts(keepAliveOf(host).timeoutMs, readTimeoutsOf(host.server, configuration)),
    accept: planAccept(host),
  };
}

function planLimits(host: VirtualHost): NonNullable<ServeOptions['limits']> {
  const set = coreRequest.ofServer(host.server);
  const requestLineBytes = set.limitRequestLineBytes ?? REQUEST_DEFAULTS.limitRequestLineBytes;
  const fieldBytes = set.limitRequestFieldBytes ?? REQUEST_DEFAULTS.limitRequestFieldBytes;
  const given = set.limitRequestFields ?? REQUEST_DEFAULTS.limitRequestFields;
  const headerFields = given === 0 ? MOST_FIELDS : given;
  return {
    // A handler must know what became of the answer before: it counts them.
    pipelinedHandlers: 1,
    requestLineBytes: Math.max(16, requestLineBytes + 1),
    targetBytes: Math.max(1, requestLineBytes + 1),
    fieldLineBytes: fieldBytes + 1,
    headerFields,
    headerBytes: Math.max(64, requestLineBytes + headerFields * (fieldBytes + 3) + 4),
    emptyLines: MAX_EMPTY_LINES,
    drainBytes: Number.MAX_SAFE_INTEGER,
  };
}

function planAccept(host: VirtualHost): NonNullable<ServeOptions['accept']> {
  const { conformance, http09 } = coreRequest.ofServer(host.server);
  const unsafe = conformance === 'unsafe';
  return {
    missingVersion: http09 !== 'require1.0',
    laterVersions: true,
    anyTarget: true,
    anyHost: true,
    lengthBesideChunked: true,
    otherCodings: true,
    foldedFields: true,
    blankChunkSizes: true,
    bareLineFeed: unsafe,
    looseRequestLine: unsafe,
    looseFields: unsafe,
  };
}
