// Rows of the first answer and of how connections are kept behind an answer.
import { describeFault } from '../../catalogue/answers.ts';
import { formatDuration } from '../../format-duration.ts';
import type { Measurements } from '../../measurements.ts';
import { countOf, joinClauses, tellBoolean } from '../measurement-row.ts';
import type { RowRule } from '../measurement-row.ts';

const UNANSWERED_WORDS: Readonly<Record<NonNullable<Measurements['unanswered']>, string>> = {
  timeout: 'no answer came in time',
  slow: 'an answer began, and was not complete in time',
  fin: 'the connection was closed (FIN) instead of an answer',
  reset: 'the connection was reset (RST) instead of an answer',
  malformed: 'what came is no HTTP/1.1',
  tooLarge: 'the answer is too large to be read to its end',
};

export const PERSISTENCE_ROWS: readonly RowRule[] = [
  {
    subject: 'answer',
    label: 'first answer',
    names: ['status', 'unanswered', 'unansweredFault', 'server'],
    tell: ({ measured: { status, unanswered, unansweredFault, server } }) => {
      if (unanswered !== null) {
        return UNANSWERED_WORDS[unanswered] + (unansweredFault === null ? '' : `: ${describeFault(unansweredFault)}`);
      }
      if (status === null) return undefined;
      return server === null ? String(status) : `${status}, the server calls itself ${server}`;
    },
  },
  {
    subject: 'answer',
    label: 'Alt-Svc',
    names: ['altSvc'],
    tell: ({ measured: { altSvc } }) => altSvc ?? undefined,
  },
  {
    subject: 'answer',
    label: 'at the same time',
    names: ['concurrentConnections'],
    tell: ({ measured: { concurrentConnections } }) =>
      tellBoolean(
        concurrentConnections,
        'several connections are served at the same time',
        'one connection is served at a time: the next one waits until it is gone',
      ),
  },
  {
    subject: 'persistence',
    label: 'HTTP/1.1',
    names: ['http11Persistent', 'http11CloseAnnounced'],
    tell: ({ measured: { http11Persistent, http11CloseAnnounced } }) =>
      tellBoolean(
        http11Persistent,
        'a connection is kept behind an answer',
        http11CloseAnnounced === null
          ? 'a connection stays open behind an answer, and the next request on it is not answered'
          : `a connection is closed behind each answer${http11CloseAnnounced ? ', as the answer says' : ', and the answer does not say so'}`,
      ),
  },
  {
    subject: 'persistence',
    label: 'HTTP/1.0',
    names: ['http10KeepAlive', 'http10ClosesByDefault'],
    tell: ({ measured: { http10KeepAlive, http10ClosesByDefault } }) =>
      joinClauses(
        tellBoolean(
          http10KeepAlive,
          'kept where the client asks for it',
          'not kept, even where the client asks for it',
        ),
        tellBoolean(http10ClosesByDefault, 'closed where it does not ask', 'left open where it does not ask'),
      ),
  },
  {
    subject: 'persistence',
    label: 'Connection: close',
    names: ['honoursClose', 'closeIgnoredFor', 'answersClose'],
    tell: ({ measured: { honoursClose, closeIgnoredFor, answersClose } }) =>
      joinClauses(
        tellBoolean(
          honoursClose,
          'obeyed',
          `not obeyed${closeIgnoredFor === null || closeIgnoredFor.length === 0 ? '' : ` for ${closeIgnoredFor.join('; ')}`}`,
        ),
        tellBoolean(answersClose, 'the answer says it as well', 'the answer does not say it'),
      ),
  },
  {
    subject: 'persistence',
    label: 'Keep-Alive',
    names: ['advertisedTimeoutMs', 'advertisedMax', 'advertisedField', 'advertisedInConnection', 'maxCountsDown'],
    tell: ({ measured }) => tellPromise(measured),
  },
  {
    subject: 'persistence',
    label: 'requests',
    names: ['maxRequests', 'maxRequestsAnnounced', 'requestsTried'],
    tell: ({ measured: { maxRequests, maxRequestsAnnounced, requestsTried } }) => {
      if (maxRequests !== null) {
        const announced = tellBoolean(maxRequestsAnnounced, ', and the last answer says so', ', and no answer says so');
        return `a connection is closed after ${countOf(maxRequests, 'answer')}${announced ?? ''}`;
      }
      return requestsTried === null
        ? undefined
        : `a connection is still open after ${countOf(requestsTried, 'request')}, the most that was tried`;
    },
  },
];

function tellPromise(measured: Readonly<Measurements>): string | undefined {
  const { advertisedField, advertisedTimeoutMs, advertisedMax, advertisedInConnection, maxCountsDown } = measured;
  if (advertisedField === null) return measured.status === null ? undefined : 'nothing is promised';
  const promises = [
    ...(advertisedTimeoutMs === null ? [] : [`${formatDuration(advertisedTimeoutMs)} of idleness`]),
    ...(advertisedMax === null ? [] : [countOf(advertisedMax, 'more request')]),
  ];
  const promised = promises.length === 0 ? 'promises nothing that can be read' : `promises ${promises.join(' and ')}`;
  return joinClauses(
    `${promised} (${advertisedField})`,
    tellBoolean(maxCountsDown, 'counting down', 'always the same number'),
    advertisedInConnection === false ? 'Connection does not name it' : undefined,
  );
}
