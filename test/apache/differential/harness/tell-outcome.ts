// What came back for a step, as lines that people read and that are compared.
import { createHash } from 'node:crypto';
import { formatEscapedBytes } from '../../../wire/escaped-bytes.ts';
import type { Answer } from './answer-reader.ts';
import type { Ending, Outcome } from './converse.ts';
import { normaliseAnswer } from './normalise.ts';
import type { SideFacts } from './normalise.ts';

/** A body that is longer is told by its beginning and its digest. */
const SHOWN_BODY_CHARACTERS = 16_384;

/** What is not visible is escaped; quotes are too frequent for that. */
function visible(text: string): string {
  return formatEscapedBytes(text).replaceAll(String.raw`\x22`, '"');
}

/** The lines of all answers of a step and of what became of the connection. */
export function tellOutcome(outcome: Outcome, facts: SideFacts): string[] {
  const lines = outcome.answers.flatMap((answer, index) => {
    const afterMs = outcome.answeredAfterMs[index];
    const time = afterMs === undefined ? [] : [`= answered after ${Math.round(afterMs)} ms`];
    return [...tellAnswer(normaliseAnswer(answer, facts)), ...time];
  });
  if (outcome.fault !== undefined) lines.push(`! ${outcome.fault}`);
  return [...lines, `= ${tellEnding(outcome.ending)}`];
}

function tellAnswer(answer: Answer): string[] {
  const interim = answer.interim.flatMap((head) => [head.statusLine, ...head.fieldLines, '']);
  const head = answer.statusLine === '' ? [] : [answer.statusLine, ...answer.fieldLines];
  const trailers = answer.trailerLines.map((line) => `trailer ${line}`);
  return [...[...interim, ...head].map(visible), ...tellBody(answer), ...trailers];
}

function tellBody(answer: Answer): string[] {
  const { body, framing } = answer;
  if (framing === 'none') return ['(no body)'];
  if (body.length > SHOWN_BODY_CHARACTERS) {
    const digest = createHash('sha256').update(body, 'latin1').digest('hex').slice(0, 16);
    return [`(${framing}, ${body.length} bytes, ${digest})`, `|${visible(body.slice(0, 100))}`];
  }
  const lines = body.split(/(?<=\n)/).filter((line) => line !== '');
  return [`(${framing})`, ...lines.map((line) => `|${visible(line)}`)];
}

function tellEnding(ending: Ending): string {
  if (ending.kind === 'open') return 'open';
  const time = ending.afterMs === undefined ? '' : ` after ${Math.round(ending.afterMs)} ms`;
  return `${ending.kind}${time}${ending.announced ? '' : ', not announced'}`;
}
