// Reads the story of a connection as a path through time: what it did up to each moment. Nothing of positions.
import type { ConnectionEvent, ConnectionStory } from '../inspection-report.ts';
import { boundTimeMs } from './time-axis.ts';

/**
 * What a connection does for a while. `idle`: everything asked is answered; `silent`: nothing was ever asked; `unanswered`: something
 * was sent and nothing came for it; `omitted`: more happened than was kept.
 */
export type StretchKind = 'opening' | 'exchange' | 'idle' | 'silent' | 'unanswered' | 'omitted';

/** A moment that is no stretch: a 408 that answers nothing, our half-close, a remark. */
export type PointKind = 'timeout408' | 'weFin' | 'note';

/** A moment, and what the connection did up to there. */
export interface PathStep {
  readonly atMs: number;
  readonly before: StretchKind;
  readonly point: PointKind | undefined;
}

/** From the start of a story to its end, never backwards in time. The first step has nothing before it. */
export function traceStory(story: ConnectionStory): PathStep[] {
  const startMs = boundTimeMs(story.startedMs);
  const endMs = Math.max(startMs, boundTimeMs(story.endedMs));
  const steps: PathStep[] = [{ atMs: startMs, before: 'opening', point: undefined }];
  const step = (timeMs: number, before: StretchKind, point?: PointKind): void => {
    // What happened behind the end, or seems to have happened before what stands before it, does not bend the picture.
    const atMs = Math.min(endMs, Math.max(steps.at(-1)?.atMs ?? startMs, boundTimeMs(timeMs)));
    steps.push({ atMs, before, point });
  };
  if (story.openedMs !== undefined) step(story.openedMs, 'opening');
  const reader = new StoryReader(story);
  // The beginning and the end of a long story are kept in equal parts.
  const firstBehindOmitted = story.omittedEvents > 0 ? Math.ceil(story.events.length / 2) : -1;
  story.events.forEach((event, index) => {
    const { before, point } = reader.read(event);
    if (index === firstBehindOmitted) step(event.atMs, 'omitted', point);
    else if (event.kind !== 'opened') step(event.atMs, before, point);
  });
  step(endMs, reader.state);
  return steps;
}

/** Follows what is owed on a connection, from event to event. */
class StoryReader {
  readonly #isHttp1: boolean;
  #state: StretchKind;
  /** Answers that are due, where several requests went out at once; one alone is answered by whatever comes. */
  #due = 0;

  constructor({ openedMs, protocol }: ConnectionStory) {
    this.#state = openedMs === undefined ? 'opening' : 'silent';
    this.#isHttp1 = protocol === 'http/1.1';
  }

  get state(): StretchKind {
    return this.#state;
  }

  read({ kind, text }: ConnectionEvent): Pick<PathStep, 'before' | 'point'> {
    const before = this.#state;
    if (kind === 'sent') {
      const requests = countMatches(text, / HTTP\/1\.[01]\\r/g);
      this.#due = requests > 1 ? requests : 0;
      this.#state = 'unanswered';
    }
    if (kind !== 'received') return { before, point: kind === 'weFin' || kind === 'note' ? kind : undefined };
    // It ends what was waited for, and answers nothing that was complete.
    if (/^HTTP\/1\.[01] 408\b/.test(text)) return { before, point: 'timeout408' };
    if (before === 'silent' || before === 'opening') return { before, point: undefined };
    this.#due -= countMatches(text, /^HTTP\/1\.[01] [2-5]\d\d/gm);
    // Of a long text only the beginning was kept: how many answers were in it is not known.
    this.#state = this.#due > 0 && !text.includes('\n… (') ? 'unanswered' : 'idle';
    // Behind a complete answer a new one is no part of it.
    const isUnasked = before === 'idle' && (!this.#isHttp1 || text.startsWith('HTTP/1.'));
    return { before: isUnasked ? 'idle' : 'exchange', point: undefined };
  }
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
