// Whom the server believes about where a request comes from. Nobody, unless told so.
import { OptionError } from '../../errors.ts';
import { isInRange, parseAddressRange, parseIpAddress } from '../../http/ip-address.ts';
import type { AddressRange } from '../../http/ip-address.ts';
import { checkBoolean, checkNames, checkObject, describe } from '../../option-checks.ts';

/** Which fields the proxies write: the de facto family, or the standard one. */
export type ForwardedFamily = 'x-forwarded' | 'forwarded';

/** Proxies in front of the server, and what they tell it. */
export interface TrustOptions {
  /**
   * Their addresses: `'10.0.0.0/8'`, `'::1'`, or a name for several ranges: `'loopback'` (127.0.0.0/8, ::1), `'linkLocal'` (169.254.0.0/16,
   * fe80::/10) and `'private'` (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, fc00::/7). Who connects from elsewhere is believed nothing.
   */
  readonly proxies: readonly string[];
  /**
   * Reads the client from fields: `'x-forwarded'` (X-Forwarded-For and -Proto) or `'forwarded'` (RFC 7239); true means `'x-forwarded'`. Only
   * one of the families, the one that the proxies write: the other one passes through them unseen, as the client wrote it. Default false.
   */
  readonly forwarded?: boolean | ForwardedFamily;
  /** Also believes X-Forwarded-Host. Only where the proxies overwrite or delete it; many common ones do neither. Default false. */
  readonly forwardedHost?: boolean;
  /**
   * Expects a header of the PROXY protocol, version 1 or 2, at the start of every connection from `proxies`. One without it is closed.
   * Default false.
   */
  readonly proxyProtocol?: boolean;
}

/** The same, ready to be asked. */
export interface ResolvedTrust {
  readonly ranges: readonly AddressRange[];
  readonly forwarded: ForwardedFamily | undefined;
  readonly forwardedHost: boolean;
  readonly proxyProtocol: boolean;
}

const NAMED_RANGES: Readonly<Record<string, readonly string[]>> = {
  // RFC 1122 §3.2.1.3, RFC 4291 §2.5.3
  loopback: ['127.0.0.0/8', '::1'],
  // RFC 3927, RFC 4291 §2.5.6
  linkLocal: ['169.254.0.0/16', 'fe80::/10'],
  // RFC 1918, RFC 6598, RFC 4193
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
};

const NAMES: readonly string[] = ['proxies', 'forwarded', 'forwardedHost', 'proxyProtocol'].map(
  (name) => `trust.${name}`,
);

/** Checks and prepares it. @throws OptionError with what is allowed. */
export function resolveTrust(given: TrustOptions | undefined): ResolvedTrust | undefined {
  if (given === undefined) return undefined;
  checkObject('trust', given);
  checkNames('trust', given, NAMES);
  const { proxies, forwarded = false, forwardedHost = false, proxyProtocol = false } = given;
  if (!Array.isArray(proxies) || proxies.length === 0)
    throw new OptionError(
      'trust.proxies',
      `is ${Array.isArray(proxies) ? 'empty' : describe(proxies)}, it must be a list of addresses, e.g. ['10.0.0.0/8']`,
    );
  if (typeof forwarded !== 'boolean' && forwarded !== 'x-forwarded' && forwarded !== 'forwarded')
    throw new OptionError(
      'trust.forwarded',
      `is ${describe(forwarded)}, it must be true, false, 'x-forwarded' or 'forwarded'`,
    );
  checkBoolean('trust.forwardedHost', forwardedHost);
  checkBoolean('trust.proxyProtocol', proxyProtocol);
  if (forwarded === false && !proxyProtocol)
    throw new OptionError(
      'trust.forwarded',
      'is off, and so is trust.proxyProtocol: trust without anything to believe does nothing',
    );
  if (forwardedHost && (forwarded === false || forwarded === 'forwarded'))
    throw new OptionError(
      'trust.forwardedHost',
      "is on, but X-Forwarded-Host is read only with trust.forwarded 'x-forwarded'",
    );
  return {
    ranges: proxies.flatMap(toRanges),
    forwarded: forwarded === true ? 'x-forwarded' : forwarded === false ? undefined : forwarded,
    forwardedHost,
    proxyProtocol,
  };
}

function toRanges(text: unknown): AddressRange[] {
  const known = typeof text === 'string' && Object.hasOwn(NAMED_RANGES, text) ? NAMED_RANGES[text]! : [text];
  return known.map((each) => {
    const range = typeof each === 'string' ? parseAddressRange(each) : undefined;
    if (range !== undefined) return range;
    const names = Object.keys(NAMED_RANGES).map((name) => `'${name}'`);
    throw new OptionError(
      'trust.proxies',
      `has ${describe(text)} in it, it must be an address, a range such as '10.0.0.0/8', or one of ${names.join(', ')}`,
    );
  });
}

/** Whether the address is that of a trusted proxy. What is no address is trusted with nothing. */
export function isTrusted(trust: ResolvedTrust, address: string): boolean {
  const parsed = parseIpAddress(address);
  return parsed !== undefined && trust.ranges.some((range) => isInRange(parsed, range));
}
