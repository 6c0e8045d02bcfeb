// What the sentences about connections are made of, and what they are made into. Only types: tell-event.ts has the words.
import type { KeepAliveHint } from '../../http/index.ts';
import type { IdleLimit } from '../../trace.ts';

/** How a sentence is painted. */
export type Tone = 'plain' | 'quiet' | 'good' | 'warning' | 'bad';

/** One sentence, without its time and without a line end. */
export interface Telling {
  readonly text: string;
  readonly tone: Tone;
}

/** The idle time of a connection up to the event that ended it. */
export interface IdleSpell {
  readonly idleMs: number;
  /** For how long it was to be kept. */
  readonly deadlineMs: number;
  readonly because: IdleLimit;
}

/** What was known of a connection when something happened to it. */
export interface KnownConnection {
  /** Undefined where it was not idle. */
  readonly idle: IdleSpell | undefined;
  readonly serverAdvertised: KeepAliveHint | undefined;
  /** Whether a request was sent on it whose response had not begun, or had begun and not ended. */
  readonly phase: 'unused' | 'awaiting' | 'answering' | 'idle';
}
