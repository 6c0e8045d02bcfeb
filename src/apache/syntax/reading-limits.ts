// How much a configuration may be. Apache trusts whoever writes its files; .htaccess files, and a mistaken Include, it does not.

/** See the head of the file. */
export interface ReadingLimits {
  /** One line with all that is joined to it. Default 16 MiB; 8192 in .htaccess, as in Apache. */
  readonly maxLineBytes: number;
  /** One file. Default 16 MiB, what Apache lets one line be; 1 MiB for .htaccess, far above any that people write. */
  readonly maxFileBytes: number;
  /** Files that are included, all together. Default 10 000: hosters have one for each of thousands of sites. */
  readonly maxFiles: number;
  /** Bytes of all files together. Default 64 MiB. */
  readonly maxTotalBytes: number;
  /** Sections and conditions within each other. Default 128, what Apache has for files. */
  readonly maxSectionDepth: number;
}

/** Apache's, and they are part of its message. */
export const MAX_INCLUDE_DEPTH = 128;

export const MAX_INCLUDE_FOLDER_DEPTH = 20;

const MEBIBYTE = 1_048_576;

export const CONFIGURATION_LIMITS: ReadingLimits = {
  maxLineBytes: 16 * MEBIBYTE,
  maxFileBytes: 16 * MEBIBYTE,
  maxFiles: 10_000,
  maxTotalBytes: 64 * MEBIBYTE,
  maxSectionDepth: 128,
};

export const HTACCESS_LIMITS: ReadingLimits = {
  maxLineBytes: 8192,
  maxFileBytes: MEBIBYTE,
  maxFiles: 1,
  maxTotalBytes: MEBIBYTE,
  maxSectionDepth: 128,
};
