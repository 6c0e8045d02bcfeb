// What the name of a file says of it: mod_mime's rules about extensions. Pure.
import type { MediaTypes } from './media-type-file.ts';

/** What an extension stands for. `null`: what held further out is taken back (RemoveType and its kin); undefined: nothing is said. */
export interface ExtensionMeaning {
  readonly type?: string | null;
  readonly charset?: string | null;
  readonly language?: string | null;
  readonly encoding?: string | null;
  readonly handler?: string | null;
}

/** By extension, in lower case, without the dot. */
export type ExtensionMeanings = ReadonlyMap<string, ExtensionMeaning>;

/** What all extensions of a name say together. */
export interface NameDescription {
  readonly type: string | undefined;
  readonly charset: string | undefined;
  readonly languages: readonly string[];
  /** `gzip, br`, in the order of the extensions. */
  readonly encoding: string | undefined;
  readonly handler: string | undefined;
}

/**
 * Dots at the start belong to the name, and what stands before the first other dot is no extension. Every further part is one:
 * of those that are known the last one decides, for each kind by itself; languages and encodings add up.
 */
export function describeName(name: string, meanings: ExtensionMeanings, types: MediaTypes): NameDescription {
  let type: string | undefined;
  let charset: string | undefined;
  const languages: string[] = [];
  let encoding: string | undefined;
  let handler: string | undefined;
  const [, ...parts] = name.replace(/^\.+/, '').split('.');
  for (const part of parts) {
    if (part === '') continue;
    const extension = part.toLowerCase();
    const meaning = meanings.get(extension);
    type = (meaning?.type === undefined ? types.get(extension) : meaning.type) ?? type;
    if (meaning === undefined) continue;
    charset = meaning.charset ?? charset;
    handler = meaning.handler ?? handler;
    if (meaning.language) languages.push(meaning.language);
    if (meaning.encoding) encoding = encoding === undefined ? meaning.encoding : `${encoding}, ${meaning.encoding}`;
  }
  return { type, charset, languages, encoding, handler };
}

/** The meanings of an inner section over those of an outer one, kind by kind. */
export function mergeMeanings(base: ExtensionMeanings, over: ExtensionMeanings): ExtensionMeanings {
  if (over.size === 0) return base;
  const merged = new Map(base);
  for (const [extension, meaning] of over) {
    const outer = base.get(extension);
    merged.set(extension, outer === undefined ? meaning : { ...outer, ...meaning });
  }
  return merged;
}
