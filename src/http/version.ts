// The versions of HTTP/1 (RFC 9112 §2.3). Every other major version is another wire format.

/** A version of HTTP/1 as people write it, without the `HTTP/`. */
export type HttpVersion = '1.0' | '1.1';

/** The version that a minor number stands for. */
export function formatVersion(minor: 0 | 1): HttpVersion {
  return minor === 0 ? '1.0' : '1.1';
}
