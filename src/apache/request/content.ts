// What an answer consists of until its head goes out, and what filters may make of it.

/** A part of a file. */
export interface FileSlice {
  readonly path: string;
  readonly startByte: number;
  readonly lengthBytes: number;
}

/**
 * The body of an answer. `bytes`: at hand. `file`: read when it is sent. `stream`: of a length that nobody knows, sent in chunks;
 * Apache does so for what does not fit into the buffer of a filter. With `lengthBytes` the length is known after all.
 */
export type Content =
  | { readonly kind: 'none' }
  /** `slice`: the part of a file that the bytes are, where that is what they are. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly slice?: FileSlice }
  | { readonly kind: 'file'; readonly slice: FileSlice }
  | { readonly kind: 'stream'; readonly chunks: AsyncIterable<Uint8Array>; readonly lengthBytes?: number };

export const NO_CONTENT: Content = { kind: 'none' };
