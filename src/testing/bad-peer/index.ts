// A server that misbehaves on purpose, to be pointed at by clients: over sockets of loopback or over transports in memory. For tests only.
export type { AnswerFraming, BadPeerAnswer } from './answer.ts';
export { BadPeer, badPeerConnection } from './bad-peer.ts';
export type { BadPeerEcho } from './echo.ts';
export type { BadPeerEvent, BadPeerEventType } from './event.ts';
export type { FaultWhen } from './fault-definition.ts';
export { BAD_PEER_FAULT_KINDS } from './fault-table.ts';
export type { BadPeerFault, BadPeerFaultKind } from './fault-table.ts';
export type { CloseOnAccept } from './accept-faults.ts';
export type { BlackHole, BlackHoleMoment } from './black-hole-faults.ts';
export type { CloseWhenIdle, Poison, PoisonBytes, RequestTimeoutWhenIdle } from './idle-faults.ts';
export type { InterimResponses, SlowAnswer } from './pacing-faults.ts';
export type { AnnouncedClose, LyingHint, LyingMax, UnannouncedClose } from './persistence-faults.ts';
export type { MissingAnswer, SwappedAnswers } from './pipeline-faults.ts';
export type {
  CloseAfterProcessing,
  CloseBeforeProcessing,
  CloseMidRequest,
  EarlyAnswer,
  RequestTimeoutAnswer,
} from './request-faults.ts';
export type { CutHead, HeadCut, MissingLastChunk, ShortBody } from './truncation-faults.ts';
export type { Http10Answer } from './version-faults.ts';
export type { Hold, HoldOptions, HoldPoint } from './hold.ts';
export { ListeningBadPeer, startBadPeer } from './listening-bad-peer.ts';
export type { RestartOptions } from './listening-bad-peer.ts';
export type { BadPeerHandler, BadPeerOptions, ListeningBadPeerOptions } from './options.ts';
export type { BadPeerRequest } from './request.ts';
export type { Ending } from './step.ts';
