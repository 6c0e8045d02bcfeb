// A connection as a response body sees it: writes down what it is asked, and checks that it is asked nothing twice or too late.
import assert from 'node:assert/strict';
import { ResponseBody } from '#src/client/response/response-body.js';
import type { BodyOwner } from '#src/client/response/response-body.js';

/** What the connection does within `abandonBody`: ends the body there and then, or goes on reading. */
export type Abandonment = 'finish' | 'fail' | 'later';

/** The error that a double fails a body with. */
export const LOST = new Error('the connection was lost');

/** The owner of one body, with the body. */
export class RecordingBodyOwner implements BodyOwner {
  readonly body: ResponseBody = new ResponseBody(this);
  readonly log: string[] = [];
  paused = false;
  abandoned = false;
  /** Whether the body was told of its end. */
  ended = false;
  readonly #abandonment: Abandonment;

  constructor(abandonment: Abandonment = 'later') {
    this.#abandonment = abandonment;
  }

  pauseBody(): void {
    assert.ok(!this.paused && !this.abandoned && !this.ended, `pauseBody after ${this.log.join()}`);
    this.paused = true;
    this.log.push('pause');
  }

  resumeBody(): void {
    assert.ok(this.paused && !this.ended, `resumeBody after ${this.log.join()}`);
    this.paused = false;
    this.log.push('resume');
  }

  abandonBody(): void {
    assert.ok(!this.abandoned && !this.ended, `abandonBody after ${this.log.join()}`);
    this.abandoned = true;
    this.log.push('abandon');
    if (this.#abandonment === 'finish') this.finish();
    else if (this.#abandonment === 'fail') this.fail();
  }

  finish(): void {
    if (this.ended) return;
    this.body.finish();
    this.ended = true;
    assert.ok(!this.paused, 'a body that has ended keeps its connection paused');
  }

  fail(error: Error = LOST): void {
    if (this.ended) return;
    this.ended = true;
    this.body.fail(error);
  }
}

/** A body that has arrived whole, in these pieces. */
export function wholeBody(...pieces: readonly Uint8Array[]): ResponseBody {
  const { body } = new RecordingBodyOwner();
  for (const piece of pieces) body.push(Buffer.from(piece));
  body.finish();
  return body;
}

/** Cuts bytes at these places, given as fractions of the length. Pieces may be empty. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Buffer[] {
  const places = cuts.map((cut) => Math.floor(cut * (bytes.length + 1))).toSorted((a, b) => a - b);
  const edges = [0, ...places, bytes.length];
  return edges.slice(1).map((edge, index) => Buffer.from(bytes.subarray(edges[index], edge)));
}

/** Lets everything run that waits for promises only. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
}
