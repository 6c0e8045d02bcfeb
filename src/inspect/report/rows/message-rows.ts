// Rows of messages: where they end, in which order they come, and what becomes of those that are odd or wrong.
import type { MalformedRequest, Measurements } from '../../measurements.ts';
import { countOf, joinClauses, tellBoolean } from '../measurement-row.ts';
import type { RowRule } from '../measurement-row.ts';

const PIPELINING_WORDS: Readonly<Record<NonNullable<Measurements['pipelining']>, string>> = {
  ordered: 'answered in order',
  'serial-close': 'only the first is answered, then the connection is closed: the others have to be sent again',
  broken: 'broken',
  refused: 'refused',
};

const PIPELINING_FAULT_WORDS: Readonly<Record<NonNullable<Measurements['pipeliningFault']>, string>> = {
  outOfOrder: 'answers come out of order',
  stalled: 'answers stop coming',
  malformed: 'what comes is no HTTP',
  unannouncedClose: 'the connection is closed without a word',
};

const FRAMING_WORDS: Readonly<Record<NonNullable<Measurements['answerFraming']>, string>> = {
  length: 'Content-Length',
  chunked: 'chunks',
  untilClose: 'the end of the connection',
  none: 'nothing, there is no body',
};

const HEAD_FAULT_WORDS: Readonly<Record<NonNullable<Measurements['headFault']>, string>> = {
  body: 'its answer has a body, which the next request would read as its answer',
  length: 'its answer names another length than that to GET',
  framing: 'its answer is framed otherwise than that to GET',
  unanswered: 'it is not answered',
};

const CONNECTION_WORDS: Readonly<Record<NonNullable<Measurements['tooLargeConnection']>, string>> = {
  kept: 'the connection is kept',
  announcedClose: 'the connection is closed, as the answer says',
  unannouncedClose: 'the connection is closed, and the answer does not say so',
};

/** Malformed requests in words. */
export const MALFORMED_WORDS: Readonly<Record<MalformedRequest, string>> = {
  lengthBesideChunked: 'Content-Length beside Transfer-Encoding',
  missingHost: 'no Host',
  repeatedHost: 'two Hosts',
  spaceBeforeColon: 'a space in front of a colon',
  foldedField: 'a folded field line',
  bareLineFeed: 'lines that end in LF alone',
};

export const MESSAGE_ROWS: readonly RowRule[] = [
  {
    subject: 'messages',
    label: 'pipelining',
    names: ['pipelining', 'pipelinedAnswers', 'pipelinedRequests', 'pipeliningFault'],
    tell: ({ measured: { pipelining, pipelinedAnswers, pipelinedRequests, pipeliningFault } }) => {
      if (pipelining === null) return undefined;
      const fault = pipeliningFault === null ? '' : `: ${PIPELINING_FAULT_WORDS[pipeliningFault]}`;
      const count =
        pipelinedAnswers === null || pipelinedRequests === null
          ? ''
          : ` (${countOf(pipelinedAnswers, 'answer')} to ${countOf(pipelinedRequests, 'request')})`;
      return `${PIPELINING_WORDS[pipelining]}${fault}${count}`;
    },
  },
  {
    subject: 'messages',
    label: 'end of an answer',
    names: ['answerFraming', 'bytesBehindAnswer'],
    tell: ({ measured: { answerFraming, bytesBehindAnswer } }) =>
      joinClauses(
        answerFraming === null ? undefined : `told by ${FRAMING_WORDS[answerFraming]}`,
        bytesBehindAnswer === true ? 'more bytes came behind it' : undefined,
      ),
  },
  {
    subject: 'messages',
    label: 'chunked',
    names: ['chunked', 'requestTrailers'],
    tell: ({ measured: { chunked, requestTrailers } }) =>
      joinClauses(
        tellBoolean(chunked, 'understood and well-formed', 'not understood, or not well-formed'),
        tellBoolean(requestTrailers, 'trailers are accepted', 'trailers are refused'),
      ),
  },
  {
    subject: 'messages',
    label: 'HEAD, 304',
    names: ['headFraming', 'headFault', 'notModifiedFraming'],
    tell: ({ measured: { headFraming, headFault, notModifiedFraming } }) =>
      joinClauses(
        tellBoolean(
          headFraming,
          'HEAD is answered like GET, without the body',
          `HEAD: ${headFault === null ? 'its answer does not fit that to GET' : HEAD_FAULT_WORDS[headFault]}`,
        ),
        tellBoolean(notModifiedFraming, '304 comes without a body', '304 does not end where it should'),
      ),
  },
  {
    subject: 'messages',
    label: 'unwanted body',
    names: ['unreadBodyAnswered', 'unreadBodyKept', 'unreadBodyMisread'],
    tell: ({ measured: { unreadBodyAnswered, unreadBodyKept, unreadBodyMisread } }) =>
      joinClauses(
        tellBoolean(unreadBodyAnswered, 'the request is answered', 'the request is not answered'),
        tellBoolean(unreadBodyKept, 'the connection serves the next one', 'the connection ends'),
        unreadBodyMisread === true ? 'the body was taken for a request' : undefined,
      ),
  },
  {
    subject: 'messages',
    label: 'half-close',
    names: ['halfCloseAnswered'],
    tell: ({ measured: { halfCloseAnswered } }) =>
      tellBoolean(
        halfCloseAnswered,
        'a client that has closed its side gets its answer',
        'a client that has closed its side gets no answer',
      ),
  },
  {
    subject: 'errors',
    label: 'no request',
    names: ['badRequestStatus', 'badRequestCloses'],
    tell: ({ measured: { badRequestStatus, badRequestCloses } }) =>
      joinClauses(
        badRequestStatus === null ? undefined : `answered ${badRequestStatus}`,
        tellBoolean(badRequestCloses, 'the connection is closed', 'the connection stays open'),
      ),
  },
  {
    subject: 'errors',
    label: 'not found',
    names: ['notFoundStatus', 'notFoundKept'],
    tell: ({ measured: { notFoundStatus, notFoundKept } }) =>
      joinClauses(
        notFoundStatus === null ? undefined : `answered ${notFoundStatus}`,
        tellBoolean(notFoundKept, 'the connection is kept', 'the connection is closed'),
      ),
  },
  {
    subject: 'errors',
    label: 'too large',
    names: ['tooLargeStatus', 'tooLargeConnection'],
    tell: ({ measured: { tooLargeStatus, tooLargeConnection } }) =>
      joinClauses(
        tooLargeStatus === null
          ? undefined
          : tooLargeStatus === 100
            ? 'not refused: the body is asked for (100)'
            : `answered ${tooLargeStatus}`,
        tooLargeConnection === null ? undefined : CONNECTION_WORDS[tooLargeConnection],
      ),
  },
  {
    subject: 'errors',
    label: 'malformed',
    names: ['acceptsMalformed', 'leadingEmptyLine'],
    tell: ({ measured: { acceptsMalformed, leadingEmptyLine } }) =>
      joinClauses(
        acceptsMalformed === null
          ? undefined
          : acceptsMalformed.length === 0
            ? 'everything malformed that was tried is refused'
            : `served as if nothing were wrong: ${acceptsMalformed.map((name) => MALFORMED_WORDS[name]).join(', ')}`,
        tellBoolean(leadingEmptyLine, 'an empty line in front is ignored', 'an empty line in front is refused'),
      ),
  },
];
