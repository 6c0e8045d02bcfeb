// Five ways to load the same files, reckoned with simple sums. No drawing and no clock in here.
//
// A request costs one round trip plus the time that the server thinks; an answer takes ANSWER_MS to arrive.
// Opening a connection costs one round trip for TCP and one more for TLS 1.3.

/** How long the bytes of one answer are on their way after the first of them. */
export const ANSWER_MS = 12;

/** Browsers open at most six HTTP/1.1 connections to one origin. */
const BROWSER_CONNECTIONS = 6;

/** The third file is slow to make: that shows which methods let one slow answer hold up the others. */
const SLOW_FILE = 2;
const SLOWNESS = 4;

/** The methods in the order in which they are drawn. */
export const METHODS = ['fresh', 'persistent', 'pipelined', 'six', 'multiplexed'];

/**
 * @typedef {{ kind: 'queue' | 'connect' | 'wait' | 'answer', startMs: number, endMs: number }} Span
 * @typedef {{ requests: number, roundTripMs: number, thinkMs: number, tls: boolean }} Situation
 * @typedef {{ rows: Span[][], totalMs: number, connections: number }} Plan
 */

const thinkingTime = (situation, index) => situation.thinkMs * (index === SLOW_FILE ? SLOWNESS : 1);
const connectTime = (situation) => situation.roundTripMs * (situation.tls ? 2 : 1);

function span(kind, startMs, endMs) {
  return { kind, startMs, endMs };
}

/** Requests one after another on `lanes` connections; each takes the connection that is free first. */
function inTurn(situation, lanes, keepOpen) {
  const freeAtMs = Array.from({ length: Math.min(lanes, situation.requests) }, () => 0);
  const isOpen = freeAtMs.map(() => false);
  let connections = 0;
  const rows = Array.from({ length: situation.requests }, (_, index) => {
    const lane = freeAtMs.indexOf(Math.min(...freeAtMs));
    const row = [];
    let nowMs = freeAtMs[lane];
    if (nowMs > 0) row.push(span('queue', 0, nowMs));
    if (!isOpen[lane]) {
      connections += 1;
      row.push(span('connect', nowMs, nowMs + connectTime(situation)));
      nowMs += connectTime(situation);
    }
    const answerMs = nowMs + situation.roundTripMs + thinkingTime(situation, index);
    row.push(span('wait', nowMs, answerMs), span('answer', answerMs, answerMs + ANSWER_MS));
    freeAtMs[lane] = answerMs + ANSWER_MS;
    isOpen[lane] = keepOpen;
    return row;
  });
  return { rows, connections };
}

/** All requests at once on one connection. `ordered`: the answers must come in the order of the questions. */
function atOnce(situation, ordered) {
  const openMs = connectTime(situation);
  const readyMs = Array.from(
    { length: situation.requests },
    (_, index) => openMs + situation.roundTripMs + thinkingTime(situation, index),
  );
  const order = readyMs.map((_, index) => index);
  if (!ordered) order.sort((a, b) => readyMs[a] - readyMs[b] || a - b);
  const rows = [];
  let wireFreeMs = 0;
  for (const index of order) {
    const answerMs = Math.max(readyMs[index], wireFreeMs);
    wireFreeMs = answerMs + ANSWER_MS;
    const first = index === 0 ? span('connect', 0, openMs) : span('queue', 0, openMs);
    rows[index] = [first, span('wait', openMs, answerMs), span('answer', answerMs, wireFreeMs)];
  }
  return { rows, connections: 1 };
}

function planRows(method, situation) {
  switch (method) {
    case 'fresh':
      return inTurn(situation, 1, false);
    case 'persistent':
      return inTurn(situation, 1, true);
    case 'six':
      return inTurn(situation, BROWSER_CONNECTIONS, true);
    case 'pipelined':
      return atOnce(situation, true);
    default:
      return atOnce(situation, false);
  }
}

/**
 * When everything happens if `method` is used.
 * @param {string} method one of METHODS
 * @param {Situation} situation
 * @returns {Plan}
 */
export function planLoad(method, situation) {
  const { rows, connections } = planRows(method, situation);
  const totalMs = Math.max(...rows.map((row) => row.at(-1).endMs));
  return { rows, connections, totalMs };
}
