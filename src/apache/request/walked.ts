// What the walks over the sections went by. Apache keeps it as the cache of its walks: where a request within another one comes to the same
// place, it is not asked again what holds there, nor who may come in.
import type { ConfigVector } from '../module/config-vector.ts';

/** See the head of the file. */
export interface Walked {
  /** The folder that the walk set out for. */
  readonly towards: string | undefined;
  /** The folder that it came to. */
  readonly folder: string | undefined;
  /** What the sections and files on the way come to, without what holds for the host. */
  readonly merged: ConfigVector | undefined;
  /** The path that `<Location>` matched. */
  readonly location: string | undefined;
  /** The name that `<Files>` matched. */
  readonly file: string | undefined;
}

export const NOT_WALKED: Walked = {
  towards: undefined,
  folder: undefined,
  merged: undefined,
  location: undefined,
  file: undefined,
};
