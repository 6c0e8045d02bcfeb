// Which code holds for a type of content, and what it makes of the time of a request. Pure.
import type { ExpiryCode } from './expiry-code.ts';

/** What a place says of expiry. */
export interface ExpirySettings {
  /** Undefined: as the place around it. */
  readonly active: boolean | undefined;
  readonly fallback: ExpiryCode | undefined;
  /** By type, in lower case; `text/*` for all of a kind. */
  readonly byType: ReadonlyMap<string, ExpiryCode>;
  /** Whether the place itself names all types of a kind: only then does Apache look for those, its own and inherited ones. */
  readonly wildcards: boolean;
}

/** The inner place's settings over those of the place around it. */
export function mergeExpiry(base: ExpirySettings, over: ExpirySettings): ExpirySettings {
  return {
    active: over.active ?? base.active,
    fallback: over.fallback ?? base.fallback,
    byType: new Map([...base.byType, ...over.byType]),
    wildcards: over.wildcards,
  };
}

/** The code for a type, undefined where there is none. */
export function findExpiryCode(settings: ExpirySettings, contentType: string | undefined): ExpiryCode | undefined {
  if (contentType === undefined) return settings.fallback;
  const type = contentType.toLowerCase();
  const semicolon = type.indexOf(';');
  const exact = settings.byType.get((semicolon === -1 ? type : type.slice(0, semicolon)).trimEnd());
  if (exact !== undefined) return exact;
  const slash = type.indexOf('/');
  const kind = settings.wildcards && slash !== -1 ? settings.byType.get(`${type.slice(0, slash)}/*`) : undefined;
  return kind ?? settings.fallback;
}

/** What is written. */
export interface Expiry {
  readonly maxAgeSeconds: number;
  readonly expiresMs: number;
}

/**
 * Never in the past: what would be is now. Undefined where the file that the time depends on is not there.
 *
 * @param modifiedUs of the file
 */
export function planExpiry(code: ExpiryCode, requestedUs: number, modifiedUs: number | undefined): Expiry | undefined {
  const baseUs = code.base === 'access' ? requestedUs : modifiedUs;
  if (baseUs === undefined) return undefined;
  const expiresUs = Math.max(requestedUs, baseUs + code.seconds * 1e6);
  return {
    maxAgeSeconds: Math.floor((expiresUs - requestedUs) / 1e6),
    expiresMs: Math.floor(expiresUs / 1e3),
  };
}
