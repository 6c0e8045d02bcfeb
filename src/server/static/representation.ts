// What is known of a file and of its precompressed siblings, and the fields they are answered with. Immutable but for
// what is filled in once: the content, and that a sibling was really opened. No I/O.
import { formatHttpDate } from '../../http/date.ts';
import type { ContentCoding } from './content-coding.ts';
import { formatFileEntityTag } from './entity-tag.ts';
import type { FileFacts } from './file-calls.ts';
import { decideMediaType, isUnknownMediaType } from './media-type.ts';

/** Response fields, names in lower case. */
export type Fields = Readonly<Record<string, string>>;

/** One file as one content coding of a resource (RFC 9110 §3.2). */
export interface Representation {
  readonly coding: ContentCoding;
  /** Where it is in the file system. */
  readonly path: string;
  readonly facts: FileFacts;
  readonly entityTag: string;
  readonly lastModifiedMs: number;
  /** Of a 200 with all of it. */
  readonly wholeFields: Fields;
  /** Of a 304: what a cache needs to update what it has (RFC 9110 §15.4.5), and not more. */
  readonly notModifiedFields: Fields;
  /** Whether it was opened, and so is known to be readable and to lie in the root. */
  verified: boolean;
  /** All bytes, where they were read. Shared by many answers: never written to. */
  content: Uint8Array | undefined;
}

/** A file and its siblings. The file itself, `identity`, is the first. */
export interface Resource {
  readonly representations: readonly Representation[];
  readonly codings: readonly ContentCoding[];
  /** `Vary: Accept-Encoding` where there is a choice: also for those who get the plain file (RFC 9110 §12.5.5). */
  readonly varyFields: Fields;
}

/** A file that was found, and how. */
export interface FoundFile {
  readonly coding: ContentCoding;
  readonly path: string;
  readonly facts: FileFacts;
}

/** What goes into every representation of a resource. */
export interface ResourceSettings {
  /** The path in the URL, of the file itself. Its name decides the media type, for siblings too. */
  readonly urlPath: string;
  readonly headers: Fields;
  readonly cacheControl: string | undefined;
  readonly wallMs: number;
}

/** Describes a file (`identity`, verified because it is open) and the siblings that may be sent for it. */
export function describeResource(found: readonly FoundFile[], settings: ResourceSettings): Resource {
  const varyFields: Fields = found.length > 1 ? { vary: combineVary(settings.headers['vary']) } : {};
  const common: Fields = {
    ...settings.headers,
    ...(settings.cacheControl === undefined ? {} : { 'cache-control': settings.cacheControl }),
    ...varyFields,
  };
  const mediaType = decideMediaType(settings.urlPath.slice(settings.urlPath.lastIndexOf('/') + 1));
  return {
    representations: found.map((file) => describeRepresentation(file, mediaType, common, settings.wallMs)),
    codings: found.map(({ coding }) => coding),
    varyFields,
  };
}

function describeRepresentation(file: FoundFile, mediaType: string, common: Fields, wallMs: number): Representation {
  const { coding, path, facts } = file;
  const entityTag = formatFileEntityTag({ ...facts, coding, wallMs });
  // A date in the future would not be believed, so we must not send one (RFC 9110 §8.8.2.1).
  const lastModifiedMs = Math.min(facts.modifiedMs, wallMs);
  const notModifiedFields = { ...common, etag: entityTag };
  return {
    coding,
    path,
    facts,
    entityTag,
    lastModifiedMs,
    notModifiedFields,
    wholeFields: {
      ...notModifiedFields,
      'content-type': mediaType,
      ...(isUnknownMediaType(mediaType) ? { 'x-content-type-options': 'nosniff' } : {}),
      ...(coding === 'identity' ? {} : { 'content-encoding': coding }),
      'content-length': String(facts.sizeBytes),
      'last-modified': formatHttpDate(lastModifiedMs),
      'accept-ranges': 'bytes',
    },
    verified: coding === 'identity',
    content: undefined,
  };
}

/** Keeps what the application varies by. */
function combineVary(own: string | undefined): string {
  return own === undefined ? 'Accept-Encoding' : own.trim() === '*' ? '*' : `${own}, Accept-Encoding`;
}

/** Whether two looks saw the same edition of the same file. */
export function isSameFile(one: FileFacts, other: FileFacts): boolean {
  return (
    one.inode === other.inode &&
    one.device === other.device &&
    one.sizeBytes === other.sizeBytes &&
    one.modifiedMs === other.modifiedMs &&
    one.changedMs === other.changedMs
  );
}

/** Whether two descriptions are of the same editions of the same files. */
export function isSameResource(one: Resource, other: Resource): boolean {
  return (
    one.representations.length === other.representations.length &&
    one.representations.every((representation, index) => {
      const twin = other.representations[index];
      return (
        twin !== undefined && twin.coding === representation.coding && isSameFile(twin.facts, representation.facts)
      );
    })
  );
}
