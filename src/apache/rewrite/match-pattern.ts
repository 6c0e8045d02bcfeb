// A pattern against a subject. What costs more than a request may cost has not matched, and is told.
import type { ApacheRequest } from '../request/apache-request.ts';
import { MatchLimitError } from '../regex/index.ts';
import type { Match, Pattern } from '../regex/index.ts';

/** Undefined: no match, or the budget of the request is used up. */
export function matchPattern(pattern: Pattern, subject: string, request: ApacheRequest): Match | undefined {
  try {
    return pattern.match(subject, request.budget);
  } catch (error) {
    if (!(error instanceof MatchLimitError)) throw error;
    request.services.log(
      request,
      'error',
      'rewrite',
      `regular expression '${pattern.source}' was given up and counts as not matching: ${error.message}`,
    );
    return undefined;
  }
}
