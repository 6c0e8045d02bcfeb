// What is done with a redirect, as Fetch says (https://fetch.spec.whatwg.org/#http-redirect-fetch) and the global fetch of Node.js
// does it. Pure: following it is the session's.
import { sameOrigin } from '../../http/origin.ts';

/** Redirects that are followed for one request, as in Fetch. */
export const MAX_REDIRECTS = 20;

/** Fields that speak of the body, and go with it (Fetch: "request-body-header name", and the length as in Node.js). Lower case. */
export const BODY_FIELDS: readonly string[] = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
];

/**
 * Fields that were meant for the origin that was asked, and not for another. Fetch names `authorization`; a browser adds cookies and
 * Host itself, so here, where the caller may have given them, they are dropped as well. Lower case.
 */
export const ORIGIN_FIELDS: readonly string[] = ['authorization', 'cookie', 'host', 'proxy-authorization'];

/** What is done with redirects. */
export type RedirectMode = 'follow' | 'error' | 'manual';

/** What the decision rests on: a response and the request that it answers. */
export interface RedirectFacts {
  readonly status: number;
  /** All Location lines joined by `, `, one character a byte; undefined where there is none. */
  readonly location: string | undefined;
  readonly method: string;
  /** Absolute, with its fragment. */
  readonly url: string;
  /** `oneShot`: a stream that cannot be produced again. */
  readonly body: 'none' | 'replayable' | 'oneShot';
  readonly mode: RedirectMode;
  /** Redirects that were followed before this one. */
  readonly redirects: number;
}

/** Why a redirect is an error, as it ends the sentence "cannot follow the redirect from … to …: ". */
export const REDIRECT_REFUSALS = {
  redirectNotAllowed: "the request was made with redirect: 'error'",
  invalidLocation: 'its Location field is no URL',
  unsupportedScheme: 'it leads to neither http nor https',
  tooManyRedirects: '20 were followed already, which is where Fetch stops',
  credentialsInUrl: 'its URL has a user or a password in it',
  bodyNotReplayable: 'the body is a stream that cannot be sent again; give it as bytes, a string, or a function',
} as const;

/** See {@link REDIRECT_REFUSALS}. */
export type RedirectRefusal = keyof typeof REDIRECT_REFUSALS;

/** `stop`: the response is the answer, whatever its status. */
export type RedirectDecision =
  | {
      readonly action: 'follow';
      readonly url: URL;
      readonly method: string;
      /** The next request has no body and none of {@link BODY_FIELDS}. */
      readonly dropBody: boolean;
      /** The next request goes to another origin and has none of {@link ORIGIN_FIELDS} of this one. */
      readonly dropCredentials: boolean;
    }
  | { readonly action: 'stop' }
  | { readonly action: 'error'; readonly reason: RedirectRefusal };

const STOP: RedirectDecision = Object.freeze({ action: 'stop' });

/** Whether the status asks for another request (Fetch: "redirect status"). */
export function isRedirectStatus(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** In the order of Fetch, so that of several reasons the same one is given. */
export function decideRedirect(facts: RedirectFacts): RedirectDecision {
  if (!isRedirectStatus(facts.status) || facts.mode === 'manual') return STOP;
  if (facts.mode === 'error') return refuse('redirectNotAllowed');
  if (facts.location === undefined) return STOP;
  const url = resolveLocation(facts.location, facts.url);
  if (url === undefined) return refuse('invalidLocation');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse('unsupportedScheme');
  if (facts.redirects >= MAX_REDIRECTS) return refuse('tooManyRedirects');
  // Fetch forbids it across origins. Outside of a browser a request has no origin, so to Node.js every URL is across.
  if (url.username !== '' || url.password !== '') return refuse('credentialsInUrl');
  // Even where a POST becomes a GET: Fetch excepts 303 alone.
  if (facts.body === 'oneShot' && facts.status !== 303) return refuse('bodyNotReplayable');
  const becomesGet = asksForGet(facts.status, facts.method);
  return {
    action: 'follow',
    url,
    method: becomesGet ? 'GET' : facts.method,
    dropBody: becomesGet,
    dropCredentials: !sameOrigin(facts.url, url),
  };
}

/** RFC 9110 §15.4: POST becomes GET for 301 and 302 because everybody does so, and anything for 303 because that is its meaning. */
function asksForGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}

/** RFC 9110 §10.2.2: relative to the URL that was asked for, whose fragment is inherited where it has none of its own. */
function resolveLocation(location: string, base: string): URL | undefined {
  const target = decodeUtf8(location);
  if (!URL.canParse(target, base)) return undefined;
  const url = new URL(target, base);
  if (url.hash === '' && !target.includes('#')) url.hash = new URL(base).hash;
  return url;
}

/** Some servers send UTF-8 as it is. Browsers read it as such. */
function decodeUtf8(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

function refuse(reason: RedirectRefusal): RedirectDecision {
  return { action: 'error', reason };
}
