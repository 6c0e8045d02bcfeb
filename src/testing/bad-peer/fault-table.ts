// Every fault by its name. A new one is a definition in a file of its family, and a row here.
import type { FaultDefinition } from './fault-definition.ts';
import { CLOSE_ON_ACCEPT } from './faults/accept.ts';
import type { CloseOnAccept } from './faults/accept.ts';
import { BLACK_HOLE } from './faults/black-hole.ts';
import type { BlackHole } from './faults/black-hole.ts';
import { CLOSE_WHEN_IDLE, POISON_DEFINITION, REQUEST_TIMEOUT_WHEN_IDLE } from './faults/idle.ts';
import type { CloseWhenIdle, Poison, RequestTimeoutWhenIdle } from './faults/idle.ts';
import { INTERIM_RESPONSES, SLOW_ANSWER } from './faults/pacing.ts';
import type { InterimResponses, SlowAnswer } from './faults/pacing.ts';
import { ANNOUNCED_CLOSE, LYING_HINT, LYING_MAX, UNANNOUNCED_CLOSE } from './faults/persistence.ts';
import type { AnnouncedClose, LyingHint, LyingMax, UnannouncedClose } from './faults/persistence.ts';
import { MISSING_ANSWER, SWAPPED_ANSWERS } from './faults/pipeline.ts';
import type { MissingAnswer, SwappedAnswers } from './faults/pipeline.ts';
import {
  CLOSE_AFTER_PROCESSING,
  CLOSE_BEFORE_PROCESSING,
  CLOSE_MID_REQUEST,
  EARLY_ANSWER,
  REQUEST_TIMEOUT_ANSWER,
} from './faults/request.ts';
import type {
  CloseAfterProcessing,
  CloseBeforeProcessing,
  CloseMidRequest,
  EarlyAnswer,
  RequestTimeoutAnswer,
} from './faults/request.ts';
import { CUT_HEAD, MISSING_LAST_CHUNK, SHORT_BODY } from './faults/truncation.ts';
import type { CutHead, MissingLastChunk, ShortBody } from './faults/truncation.ts';
import { HTTP_10_ANSWER } from './faults/version.ts';
import type { Http10Answer } from './faults/version.ts';

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
