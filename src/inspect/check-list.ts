// All checks, in the order in which they run. Waiting ones begin behind those of the first kind and run beside the others.
import type { Check } from './check.ts';
import { addresses } from './checks/addresses.ts';
import { chunked } from './checks/chunked.ts';
import { concurrency } from './checks/concurrency.ts';
import { connectionClose } from './checks/connection-close.ts';
import { errorAnswers } from './checks/error-answers.ts';
import { firstAnswer } from './checks/first-answer.ts';
import { halfClose } from './checks/half-close.ts';
import { headAnd304 } from './checks/head-and-304.ts';
import { http10 } from './checks/http10.ts';
import { http2 } from './checks/http2.ts';
import { http2Idle } from './checks/http2-idle.ts';
import { idleTimeout } from './checks/idle-timeout.ts';
import { latency } from './checks/latency.ts';
import { malformedRequests } from './checks/malformed-requests.ts';
import { partialHead } from './checks/partial-head.ts';
import { pipelining } from './checks/pipelining.ts';
import { requestLimit } from './checks/request-limit.ts';
import { silentConnection } from './checks/silent-connection.ts';
import { tls } from './checks/tls.ts';
import { unreadBody } from './checks/unread-body.ts';

export const CHECKS: readonly Check[] = [
  firstAnswer,
  concurrency,
  idleTimeout,
  silentConnection,
  partialHead,
  http2Idle,
  http10,
  connectionClose,
  headAnd304,
  requestLimit,
  pipelining,
  chunked,
  unreadBody,
  halfClose,
  errorAnswers,
  malformedRequests,
  tls,
  http2,
  latency,
  addresses,
];
