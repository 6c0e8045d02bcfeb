// Errors of the library in the words of the command: its messages name options of Session, which are typed differently here. Pure.
import {
  AbortedError,
  BodyError,
  ConnectError,
  ConnectionLostError,
  OptionError,
  PerduraError,
  RedirectError,
  TimeoutError,
} from '../../errors.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { INSECURE_ADVICE, TLS_NAMES } from '../tls-names.ts';
import type { ExitCode } from '../exit-code.ts';

/** What the library calls it, and what to type. The first that matches a place is taken. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/\btimeouts\.connectMs\b/g, '--connect-timeout'],
  [/\btimeouts\.(?:headersMs|bodyMs)\b/g, '--timeout'],
  [/\bsocketPath\b/g, '--unix-socket'],
  ...TLS_NAMES,
  [/\bmaxRetries\b/g, '--retries'],
  [/\bnonIdempotent: 'fresh'/g, '--non-idempotent fresh'],
  [/\bset idempotent: true/g, 'give --idempotent'],
  [/\bholdBack: 'continue' of the session/g, '--expect-continue'],
  [
    /\bgive (?:the body|it) as bytes, a string, or a function(?: that produces it again)?/g,
    'give it as text or as @file, not as @-',
  ],
  [/\bheaders\.([\w-]+)/g, '-H $1'],
];

/** One sentence or two, without line end. */
export function tellFailure(error: Error): string {
  let text = error.message;
  for (const [pattern, name] of NAMES) text = text.replaceAll(pattern, name);
  if (isCertificateTrouble(error)) text += INSECURE_ADVICE;
  return text;
}

/** Undefined for what is no failure of a request but a defect of ours. */
export function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof OptionError) return EXIT_CODES.usage;
  if (error instanceof ConnectError || error instanceof ConnectionLostError || error instanceof TimeoutError) {
    return EXIT_CODES.unreachable;
  }
  if (error instanceof RedirectError || error instanceof BodyError || error instanceof AbortedError)
    return EXIT_CODES.finding;
  if (error instanceof PerduraError) return EXIT_CODES.unreachable;
  // A file whose bytes were to be sent, and that could not be read to its end.
  return error instanceof Error && 'syscall' in error ? EXIT_CODES.finding : undefined;
}

function isCertificateTrouble(error: Error): boolean {
  return error instanceof ConnectError && error.message.includes('the certificate ');
}
