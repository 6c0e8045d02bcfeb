// Every fault by its name. A new one is a definition in a file of its family, and a row here.
import type { FaultDefinition } from './fault-definition.ts';
import { CLOSE_ON_ACCEPT } from './accept-faults.ts';
import type { CloseOnAccept } from './accept-faults.ts';
import { BLACK_HOLE } from './black-hole-faults.ts';
import type { BlackHole } from './black-hole-faults.ts';
import { CLOSE_WHEN_IDLE, POISON_DEFINITION, REQUEST_TIMEOUT_WHEN_IDLE } from './idle-faults.ts';
import type { CloseWhenIdle, Poison, RequestTimeoutWhenIdle } from './idle-faults.ts';
import { INTERIM_RESPONSES, SLOW_ANSWER } from './pacing-faults.ts';
import type { InterimResponses, SlowAnswer } from './pacing-faults.ts';
import { ANNOUNCED_CLOSE, LYING_HINT, LYING_MAX, UNANNOUNCED_CLOSE } from './persistence-faults.ts';
import type { AnnouncedClose, LyingHint, LyingMax, UnannouncedClose } from './persistence-faults.ts';
import { MISSING_ANSWER, SWAPPED_ANSWERS } from './pipeline-faults.ts';
import type { MissingAnswer, SwappedAnswers } from './pipeline-faults.ts';
import {
  CLOSE_AFTER_PROCESSING,
  CLOSE_BEFORE_PROCESSING,
  CLOSE_MID_REQUEST,
  EARLY_ANSWER,
  REQUEST_TIMEOUT_ANSWER,
} from './request-faults.ts';
import type {
  CloseAfterProcessing,
  CloseBeforeProcessing,
  CloseMidRequest,
  EarlyAnswer,
  RequestTimeoutAnswer,
} from './request-faults.ts';
import { CUT_HEAD, MISSING_LAST_CHUNK, SHORT_BODY } from './truncation-faults.ts';
import type { CutHead, MissingLastChunk, ShortBody } from './truncation-faults.ts';
import { HTTP_10_ANSWER } from './version-faults.ts';
import type { Http10Answer } from './version-faults.ts';

/** What a bad peer does wrong, told apart by `kind`. */
export type BadPeerFault =
  | AnnouncedClose
  | BlackHole
  | CloseAfterProcessing
  | CloseBeforeProcessing
  | CloseMidRequest
  | CloseOnAccept
  | CloseWhenIdle
  | CutHead
  | EarlyAnswer
  | Http10Answer
  | InterimResponses
  | LyingHint
  | LyingMax
  | MissingAnswer
  | MissingLastChunk
  | Poison
  | RequestTimeoutAnswer
  | RequestTimeoutWhenIdle
  | ShortBody
  | SlowAnswer
  | SwappedAnswers
  | UnannouncedClose;

/** The name of a fault. */
export type BadPeerFaultKind = BadPeerFault['kind'];

export const FAULT_DEFINITIONS: {
  readonly [Kind in BadPeerFaultKind]: FaultDefinition<Extract<BadPeerFault, { readonly kind: Kind }>>;
} = {
  announcedClose: ANNOUNCED_CLOSE,
  blackHole: BLACK_HOLE,
  closeAfterProcessing: CLOSE_AFTER_PROCESSING,
  closeBeforeProcessing: CLOSE_BEFORE_PROCESSING,
  closeMidRequest: CLOSE_MID_REQUEST,
  closeOnAccept: CLOSE_ON_ACCEPT,
  closeWhenIdle: CLOSE_WHEN_IDLE,
  cutHead: CUT_HEAD,
  earlyAnswer: EARLY_ANSWER,
  http10Answer: HTTP_10_ANSWER,
  interimResponses: INTERIM_RESPONSES,
  lyingHint: LYING_HINT,
  lyingMax: LYING_MAX,
  missingAnswer: MISSING_ANSWER,
  missingLastChunk: MISSING_LAST_CHUNK,
  poison: POISON_DEFINITION,
  requestTimeoutAnswer: REQUEST_TIMEOUT_ANSWER,
  requestTimeoutWhenIdle: REQUEST_TIMEOUT_WHEN_IDLE,
  shortBody: SHORT_BODY,
  slowAnswer: SLOW_ANSWER,
  swappedAnswers: SWAPPED_ANSWERS,
  unannouncedClose: UNANNOUNCED_CLOSE,
};

/** Every kind of fault, in order of the alphabet: for tests that go through all of them. */
export const BAD_PEER_FAULT_KINDS: readonly BadPeerFaultKind[] = Object.keys(
  FAULT_DEFINITIONS,
) as readonly BadPeerFaultKind[];
