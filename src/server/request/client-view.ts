// Who the client of a request is, and what it asked for, once the proxies in front are believed as far as they are trusted.
// Looked up when somebody asks, and once.
import {
  parseForwardedElement,
  parseNode,
  parseScheme,
  parseServableHost,
  splitFromRight,
} from '../../http/forwarded.ts';
import type { ForwardedElement } from '../../http/forwarded.ts';
import type { Scheme } from '../../http/origin.ts';
import { trimFieldWhitespace } from '../../http/tokens.ts';
import type { ClientInfo, ConnectionInfo } from '../../trace.ts';
import { isTrusted } from '../options/trust.ts';
import type { ResolvedTrust } from '../options/trust.ts';

/** What is known without believing any field. */
export interface ClientFacts {
  /** Who is at the other end of the connection, or whom the PROXY protocol named, as `address:port` with IPv6 in brackets. */
  readonly remote: string;
  readonly protocol: Scheme;
  /** Of the request; empty where it names none. */
  readonly host: string;
  /** A field of the request by lower-case name, its lines joined with commas; undefined where it was not sent. */
  field(name: string): string | undefined;
}

/** The head of a request, as far as its client is concerned. */
export interface ClientHead {
  readonly form: string;
  readonly target: string;
  readonly host: string | undefined;
  readonly lines: { get(lowerCaseName: string): string | undefined };
}

/** Most elements that are walked over. A way through more proxies than this is no way, and each costs a look-up. */
const MAX_HOPS = 32;

/** Who it is, as far as `trust` allows to say. Without it that is the other end of the connection. */
export function resolveClient(trust: ResolvedTrust | undefined, facts: ClientFacts): ClientInfo {
  let node = parseNode(facts.remote);
  let { protocol, host } = facts;
  if (trust?.forwarded !== undefined && node !== undefined) {
    for (const element of elementsOf(trust, facts)) {
      // Whoever added this element is the node that was reached so far.
      if (!isTrusted(trust, node.address)) break;
      protocol = element.protocol ?? protocol;
      host = element.host ?? host;
      // Hidden or broken: nobody can say who added what stands to the left.
      if (element.node === undefined) break;
      node = element.node;
    }
  }
  const address = node?.address ?? facts.remote;
  return node?.port === undefined ? { address, protocol, host } : { address, port: node.port, protocol, host };
}

function* elementsOf(trust: ResolvedTrust, facts: ClientFacts): Generator<ForwardedElement> {
  if (trust.forwarded === 'x-forwarded') {
    yield* legacyElements(trust, facts);
    return;
  }
  let hops = 0;
  for (const element of splitFromRight(facts.field('forwarded') ?? '')) {
    if (hops === MAX_HOPS) return;
    hops += 1;
    yield parseForwardedElement(element);
  }
}

/** The fields of the old family side by side: the last entry of each is the nearest proxy's. */
function* legacyElements(trust: ResolvedTrust, facts: ClientFacts): Generator<ForwardedElement> {
  const nodes = listFromRight(facts.field('x-forwarded-for'));
  const protocols = listFromRight(facts.field('x-forwarded-proto'));
  const hosts = trust.forwardedHost ? listFromRight(facts.field('x-forwarded-host')) : [];
  const count = Math.max(nodes.length, protocols.length, hosts.length);
  for (let i = 0; i < count; i++) {
    yield {
      node: parseNode(nodes[i]),
      // Many proxies write one value instead of adding to the list: then it is that of all.
      protocol: parseScheme(protocols[Math.min(i, protocols.length - 1)]),
      host: parseServableHost(hosts[Math.min(i, hosts.length - 1)]),
    };
  }
}

function listFromRight(value: string | undefined): string[] {
  const parts: string[] = [];
  if (value === undefined) return parts;
  let end = value.length;
  while (end >= 0 && parts.length < MAX_HOPS) {
    const comma = end === 0 ? -1 : value.lastIndexOf(',', end - 1);
    const part = trimFieldWhitespace(value.slice(comma + 1, end));
    if (part !== '') parts.push(part);
    end = comma;
  }
  return parts;
}

/** The connection of a request, as far as its client is concerned. */
export interface ClientConnection {
  info(): ConnectionInfo;
}

/** Host and port of an absolute URL, as sent; empty where there is none. */
function authorityOf(target: string): string {
  const start = target.indexOf('//') + 2;
  const end = target.slice(start).search(/[/?#]|$/) + start;
  return parseServableHost(target.slice(target.lastIndexOf('@', end) + 1 || start, end)) ?? '';
}

/** The client of one request. */
export class RequestClient {
  readonly #trust: ResolvedTrust | undefined;
  readonly #connection: ClientConnection;
  readonly #head: ClientHead;
  #info: ClientInfo | undefined;

  constructor(trust: ResolvedTrust | undefined, connection: ClientConnection, head: ClientHead) {
    this.#trust = trust;
    this.#connection = connection;
    this.#head = head;
  }

  /** Found out the first time that it is asked for. */
  get info(): ClientInfo {
    if (this.#info !== undefined) return this.#info;
    const { remote, tls, proxied } = this.#connection.info();
    const isSecure = tls !== undefined || proxied?.secure === true;
    const { form, target, lines } = this.#head;
    // RFC 9112 §3.2.2: where the target is a whole URL, its host counts and the Host field does not.
    const host = form === 'absolute' ? authorityOf(target) : (this.#head.host ?? '');
    this.#info = resolveClient(this.#trust, {
      remote,
      protocol: isSecure ? 'https' : 'http',
      host,
      field: (name) => lines.get(name),
    });
    return this.#info;
  }
}
