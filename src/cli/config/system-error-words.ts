// Errors of the system as Apache writes them: the number of Linux, and the words of its C library.
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: '(2)No such file or directory',
  EACCES: '(13)Permission denied',
  ENOTDIR: '(20)Not a directory',
  EISDIR: '(21)Is a directory',
  EMFILE: '(24)Too many open files',
  ENOSPC: '(28)No space left on device',
  EROFS: '(30)Read-only file system',
  EADDRINUSE: '(98)Address already in use',
  EADDRNOTAVAIL: '(99)Cannot assign requested address',
};

/** What else it may be is told in the words of Node.js. */
export function systemErrorWords(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return WORDS[code] ?? message;
}
