// perdura's head scanner alone: offsets of everything, or strings of everything.
import { DEFAULT_WIRE_LIMITS, FieldLines, HeadScanner, STRICT } from '#src/wire/index.js';
import { answerParent } from '../process/answer-parent.ts';
import { timeCalls } from '../time-calls.ts';
import type { ScanQuestion } from '../lines/head-scan.ts';

const scanner = new HeadScanner(DEFAULT_WIRE_LIMITS, STRICT);
let sink = 0;

function scan(bytes: Buffer): void {
  scanner.begin('request');
  if (scanner.scan(bytes, 0, bytes.length) !== 'done') throw new Error('the head was not accepted');
  sink += scanner.fieldCount;
}

function scanToStrings(bytes: Buffer): void {
  scan(bytes);
  const method = bytes.toString('latin1', scanner.methodStart, scanner.methodEnd);
  const target = bytes.toString('latin1', scanner.targetStart, scanner.targetEnd);
  const lines = new FieldLines(bytes, 0, 'request', scanner);
  sink += method.length + target.length;
  for (let index = 0; index < lines.count; index += 1) sink += lines.name(index).length + lines.value(index).length;
}

answerParent(0, {
  scan: ({ head, strings, milliseconds }: ScanQuestion) => {
    const bytes = Buffer.from(head, 'latin1');
    return timeCalls(strings ? () => scanToStrings(bytes) : () => scan(bytes), milliseconds);
  },
  sink: () => sink,
});
