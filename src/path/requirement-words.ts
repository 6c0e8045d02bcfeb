// Requirements in words: whose timeout it is, and why it has to be so. How well that is known is in here as well.
import type { Ground } from './advice.ts';
import type { Hop } from './hop.ts';
import type { Requirement, TimeoutId } from './requirement.ts';
import { formatTimeout } from './written-duration.ts';

/** Traffic that keeps most connections alive. */
export type SignOfLife = 'TCP keepalive' | 'HTTP/2 PING';

/** What does not count as traffic at a hop. */
export function uncountedTraffic(hop: Hop): SignOfLife[] {
  return [
    ...(hop.tcpKeepAliveCounts === false ? (['TCP keepalive'] as const) : []),
    ...(hop.http2PingCounts === false ? (['HTTP/2 PING'] as const) : []),
  ];
}

const TITLES: Readonly<Record<TimeoutId, (name: string) => string>> = {
  'server-idle': () => 'idle timeout of the server',
  'server-head': () => 'time of the server for a head',
  'server-request': () => 'time of the server for a whole request',
  'client-idle': () => 'idle timeout of the client',
  'client-hint-cap': () => 'longest hint that the client obeys',
  'client-tcp-keepalive': () => 'first TCP keepalive probe of the client',
  heartbeat: () => 'pause between signs of life',
  'hop-client-idle': (name) => `idle timeout of ${name} for its clients`,
  'hop-server-idle': (name) => `idle timeout of ${name} towards the server`,
};

/** E.g. `idle timeout of the server`. */
export function titleOf({ id, of }: Requirement): string {
  return TITLES[id](of?.title ?? '');
}

/** `server`, `client`, `both`, or the name of a hop. */
export function whoOf({ id, of }: Requirement): string {
  if (of !== undefined) return of.name;
  return id === 'heartbeat' ? 'both' : id.startsWith('server') ? 'server' : 'client';
}

/** Of several grounds the one that is known least. `default` and `given` are as sure as what is documented. */
export function groundOf(hops: readonly Hop[], otherwise: Ground): Ground {
  if (hops.length === 0) return otherwise;
  if (hops.some(({ verified }) => !verified)) return 'hint';
  return hops.every(({ given }) => given === true) ? 'given' : 'verified';
}

/** At the beginning of a sentence. Names stay as they are: nginx. */
export function capitalise(text: string): string {
  return text.replace(/^the /, 'The ');
}

/** Who keeps the connection that a requirement is about. */
export function ownerOf({ id, of }: Requirement): string {
  return of?.title ?? (id.startsWith('client') ? 'the client' : 'the server');
}

const REASONS: Readonly<Record<Requirement['kind'], (requirement: Requirement, by: string, limit: string) => string>> =
  {
    'outlive-proxy': (requirement, by, limit) =>
      `${capitalise(by)} keeps idle connections for ${limit} and sends the requests on them, so it has to be the one who closes: ` +
      `${ownerOf(requirement)} waits 5 s longer.`,
    'follow-vendor': (_, by) => `The vendor of ${by} advises servers to keep idle connections so long.`,
    'unknown-proxy': (_, by) =>
      `How long ${by} keeps idle connections to the server is not known. Find it out, and give the duration in place of the name.`,
    'close-before-receiver': (requirement, by, limit) =>
      `${capitalise(by)} ends idle connections after ${limit}: ${ownerOf(requirement)} gives them up before, so that no request meets the end.`,
    'close-before-flow': (requirement, by, limit) =>
      requirement.id === 'server-idle'
        ? `${capitalise(by)} forgets idle connections after ${limit}; only a close before that reaches the client.`
        : `${capitalise(by)} forgets idle connections after ${limit}; what is sent on one then gets no answer.`,
    'cap-before-flow': (_, by, limit) =>
      `A Keep-Alive hint of the server must not make the client keep what ${by} forgets after ${limit}.`,
    'head-above-idle': () =>
      'Older versions of Node.js count the idle time before a request as time for its head (nodejs/node#27363).',
    'request-above-head': () => 'A request cannot have less time than its head.',
    'probe-before-flow': ({ because }, by, limit) =>
      because?.tcpKeepAliveCounts === true
        ? `Probes keep ${by} from forgetting the connection (${limit}); half of that, so that one may be lost.`
        : `Probes may keep ${by} from forgetting the connection (${limit}), though nobody says that they count there.`,
    'beat-before-quiet-limit': (_, by, limit) =>
      `${capitalise(by)} drops a connection on which nothing passes for ${limit}; half of that, so that one may be lost.`,
  };

/** One or two sentences. */
export function reasonOf(requirement: Requirement): string {
  const by = requirement.because?.title ?? 'the server';
  const { limitMs } = requirement;
  return REASONS[requirement.kind](requirement, by, limitMs === null ? '' : formatTimeout(limitMs));
}

/** Addresses of what the hops are known from, each once. */
export function sourcesOf(hops: readonly Hop[]): string[] {
  return [...new Set(hops.map(({ source }) => source))].filter((source) => source !== '');
}
