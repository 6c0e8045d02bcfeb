// A server that misbehaves on purpose, to be pointed at by clients: over sockets of loopback or over transports in memory. For tests only.
export type { AnswerFraming, BadPeerAnswer } from './answer.ts';
export { BadPeer, badPeerConnection } from './bad-peer.ts';
export type { BadPeerEcho } from './echo.ts';
export type { BadPeerEvent, BadPeerEventType } from './event.ts';
export type { FaultWhen } from './fault-definition.ts';
export { BAD_PEER_FAULT_KINDS } from './fault-table.ts';
export type { BadPeerFault, BadPeerFaultKind } from './fault-table.ts';
export type { CloseOnAccept } from './faults/accept.ts';
export type { BlackHole, BlackHoleMoment } from './faults/black-hole.ts';
export type { CloseWhenIdle, Poison, PoisonBytes, RequestTimeoutWhenIdle } from './faults/idle.ts';
export type { InterimResponses, SlowAnswer } from './faults/pacing.ts';
export type { AnnouncedClose, LyingHint, LyingMax, UnannouncedClose } from './faults/persistence.ts';
export type { MissingAnswer, SwappedAnswers } from './faults/pipeline.ts';
export type {
  CloseAfterProcessing,
  CloseBeforeProcessing,
  CloseMidRequest,
  EarlyAnswer,
  RequestTimeoutAnswer,
} from './faults/request.ts';
export type { CutHead, HeadCut, MissingLastChunk, ShortBody } from './faults/truncation.ts';
export type { Http10Answer } from './faults/version.ts';
export type { Hold, HoldOptions, HoldPoint } from './hold.ts';
export { ListeningBadPeer, startBadPeer } from './listening-bad-peer.ts';
export type { RestartOptions } from './listening-bad-peer.ts';
export type { BadPeerHandler, BadPeerOptions, ListeningBadPeerOptions } from './options.ts';
export type { BadPeerRequest } from './request.ts';
export type { Ending } from './step.ts';
