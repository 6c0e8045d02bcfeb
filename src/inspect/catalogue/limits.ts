// Findings about the number of requests that one connection serves.
import type { CatalogueEntry, ServerSetting } from './finding.ts';
import { formatCount } from './format-count.ts';

export type LimitFindingId =
  | 'last-answer-unannounced'
  | 'limit-lower-than-advertised'
  | 'request-limit-very-low'
  | 'request-limit-low'
  | 'limit-higher-than-advertised'
  | 'max-never-counts-down';

/** A page of a few resources needs more; so few hardly save anything. */
const VERY_LOW = 10;

/** The default of Apache, and fewer than a large page has resources. */
const LOW = 100;

const LIMITS: readonly ServerSetting[] = [
  { software: 'nginx', setting: 'keepalive_requests 1000;' },
  { software: 'Apache', setting: 'MaxKeepAliveRequests 1000' },
  { software: 'Node.js', setting: 'server.maxRequestsPerSocket = 0' },
  { software: 'perdura', setting: 'maxKeepAliveRequests: Infinity' },
];

export const LIMIT_FINDINGS: Readonly<Record<LimitFindingId, CatalogueEntry>> = {
  'last-answer-unannounced': {
    level: 'bad',
    title: 'It closes after a number of requests without saying so',
    explanation:
      'The server answers so many requests on one connection and then closes it, but its last answer does not say `Connection: close`. The client believes that the connection is good and sends the next request into the close. It happens again and again, to one request in every so many, and those that must not be repeated are lost.',
    rfc: 'RFC 9112 §9.6',
    remedy: 'Announce the last answer with `Connection: close`, or set no limit.',
    settings: LIMITS,
    seenBy: ['request-limit'],
    // Who closes after each answer has another finding.
    rule: ({ measured: { maxRequests, maxRequestsAnnounced, http11Persistent } }) =>
      maxRequests !== null && maxRequestsAnnounced === false && http11Persistent !== false
        ? `It closed after ${formatCount(maxRequests, 'answer')}, and the last one had not said \`close\`.`
        : undefined,
  },
  'limit-lower-than-advertised': {
    level: 'warn',
    title: 'It serves fewer requests on a connection than it promises',
    explanation:
      'The Keep-Alive field of the first answer says with `max=` how many more requests the connection will serve, and the server closed before that. A client that plans with the number, for example one that sends several requests at once, loses those behind the last answer and has to send them again.',
    rfc: '',
    remedy: 'Make the promise match the limit, or leave `max=` out.',
    settings: LIMITS,
    seenBy: ['first-answer', 'request-limit'],
    // Apache counts what is left, Node.js counts all: a server may mean either, and its first answer may be counted or not.
    rule: ({ measured: { advertisedMax, maxRequests } }) =>
      advertisedMax !== null && maxRequests !== null && maxRequests < advertisedMax
        ? `It promised max=${advertisedMax} and closed after ${formatCount(maxRequests, 'answer')}.`
        : undefined,
  },
  'request-limit-very-low': {
    level: 'warn',
    title: 'It closes each connection after a few requests',
    explanation:
      'A connection serves only a handful of requests before the server closes it. A page with its pictures and scripts needs several connections where one would do, and each of them costs extra trips to the server and back. Such a limit saves nothing: a new connection costs the server more than an old one.',
    rfc: '',
    remedy: 'Raise the limit to 1,000 or more, or switch it off.',
    settings: LIMITS,
    seenBy: ['request-limit'],
    rule: ({ measured: { maxRequests, http11Persistent } }) =>
      maxRequests !== null && maxRequests < VERY_LOW && http11Persistent !== false
        ? `It closed a connection after ${formatCount(maxRequests, 'answer')}.`
        : undefined,
  },
  'request-limit-low': {
    level: 'info',
    title: 'It closes each connection after less than a hundred requests',
    explanation:
      'A connection serves a limited number of requests before the server closes it. For a browser that is enough; a program that asks all the time, or a load balancer that bundles many visitors, opens a new connection every few moments. The more expensive a new connection is, the more a higher limit pays.',
    rfc: '',
    remedy: 'Raise the limit where programs or load balancers are among the clients.',
    settings: LIMITS,
    seenBy: ['request-limit'],
    rule: ({ measured: { maxRequests } }) =>
      maxRequests !== null && maxRequests >= VERY_LOW && maxRequests < LOW
        ? `It closed a connection after ${formatCount(maxRequests, 'answer')}.`
        : undefined,
  },
  'limit-higher-than-advertised': {
    level: 'info',
    title: 'It serves more requests on a connection than it promises',
    explanation:
      'The Keep-Alive field of the first answer says with `max=` how many more requests the connection will serve, and the server served more than that. Nothing breaks by it. Clients that believe the number, such as Firefox and perdura, give up connections that were still good and open new ones without need.',
    rfc: '',
    remedy: 'Leave `max=` out where there is no limit, or make it match.',
    settings: LIMITS,
    seenBy: ['first-answer', 'request-limit'],
    rule: ({ measured: { advertisedMax, maxRequests, requestsTried } }) => {
      if (advertisedMax === null) return undefined;
      const served = maxRequests ?? requestsTried;
      return served !== null && served > advertisedMax + 1
        ? `It promised max=${advertisedMax} and served ${formatCount(served, 'request')} on one connection.`
        : undefined;
    },
  },
  'max-never-counts-down': {
    level: 'info',
    title: 'Its Keep-Alive field promises the same number again and again',
    explanation:
      'The `max=` in the Keep-Alive field is meant to say how many more requests the connection will serve, so it should become smaller with each answer. This server always sends the same number. A client that reads it cannot see the end coming, and relies on `Connection: close` in the last answer. The server of Node.js does this.',
    rfc: '',
    remedy: 'Count the number down, or leave it out.',
    settings: [
      { software: 'Node.js', setting: 'server.maxRequestsPerSocket = 0' },
      { software: 'perdura', setting: 'maxKeepAliveRequests: 1_000' },
    ],
    seenBy: ['first-answer'],
    rule: ({ measured: { maxCountsDown, advertisedMax } }) =>
      maxCountsDown === false
        ? `The second answer promised as much as the first${advertisedMax === null ? '' : `: max=${advertisedMax}`}.`
        : undefined,
  },
};
