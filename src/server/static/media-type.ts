// The Content-Type of a file, by its name alone (RFC 9110 §8.3). Pure.
import { lookup } from 'mrmime';

/** What is sent for a name that says nothing. Browsers must not guess either, see {@link isUnknownMediaType}. */
const UNKNOWN_MEDIA_TYPE = 'application/octet-stream';

/** The media type for a file name; text is labelled as UTF-8, the only encoding that a name can stand for today. */
export function decideMediaType(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  // A name without a dot has no extension: a file called `html` is not HTML.
  const mediaType: unknown = dot < 0 ? undefined : lookup(fileName.slice(dot + 1));
  // Not only undefined: the table is a plain object, which also knows `constructor`.
  if (typeof mediaType !== 'string') return UNKNOWN_MEDIA_TYPE;
  return mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType;
}

/** Whether `X-Content-Type-Options: nosniff` is needed, so that an unknown upload is never run as a page or a script. */
export function isUnknownMediaType(mediaType: string): boolean {
  return mediaType === UNKNOWN_MEDIA_TYPE;
}
