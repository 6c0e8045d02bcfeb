// Errors of the inspector in the words of the command: its messages name options of inspect(), which are typed differently here.
import { ConnectError, OptionError, TimeoutError } from '../../errors.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { INSECURE_ADVICE, TLS_NAMES } from '../tls-names.ts';

/** What the library calls it, and what to type. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/\bmaxWaitMs\b/g, '--max-wait'],
  [/\bmaxRequests\b/g, '--max-requests'],
  [/\b(?:responseTimeoutMs|timeouts\.headersMs)\b/g, '--timeout'],
  [/\b(?:connectTimeoutMs|timeouts\.connectMs)\b/g, '--connect-timeout'],
  [/\bgive it in milliseconds\b/g, 'give it as a duration, e.g. --behind 60s'],
  [/\bmilliseconds are taken, too\b/g, 'its idle timeout is taken as well, e.g. --behind 60s'],
  [/; check tls\.ALPNProtocols/g, ', and what is inspected has to speak HTTP/1.1 as well'],
  [/^only:/, '--only:'],
  [/^skip:/, '--skip:'],
  [/^behind:/, '--behind:'],
  [/^expect:/, '--expect'],
  ...TLS_NAMES,
  [/^headers\.([\w-]+):/, '-H $1:'],
  [/^headers:/, '-H:'],
];

/** Runs it; what goes wrong with options is wrong usage, a server that cannot be reached is told as such. */
export async function inWordsOfCommand<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof OptionError) throw tell(EXIT_CODES.usage, error);
    if (error instanceof ConnectError || error instanceof TimeoutError) throw tell(EXIT_CODES.unreachable, error);
    throw error;
  }
}

function tell(exitCode: 2 | 3, error: Error): CommandError {
  let text = error.message;
  for (const [pattern, name] of NAMES) text = text.replaceAll(new RegExp(pattern, 'g'), name);
  if (error instanceof ConnectError && text.includes('the certificate ')) {
    text += INSECURE_ADVICE;
  }
  return new CommandError(exitCode, text, { cause: error });
}
