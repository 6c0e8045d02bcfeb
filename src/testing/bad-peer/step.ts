// What a bad peer does on a connection, as plain data: a fault is a list of these steps. connection.ts performs them.

/**
 * How the peer ends a connection.
 *
 * - `fin`: as `close(2)` does. FIN; whatever still arrives is not read, and answered by RST.
 * - `linger`: FIN; whatever still arrives is read and thrown away.
 * - `halfClose`: FIN, and nothing else: requests that still arrive are read and executed, only the answers cannot be sent.
 * - `reset`: RST at once; what the kernel has not sent is lost.
 */
export type Ending = 'fin' | 'linger' | 'halfClose' | 'reset';

/** Every {@link Ending}. */
export const ENDINGS: readonly Ending[] = ['fin', 'linger', 'halfClose', 'reset'];

/** One thing to do. The steps of a list are done one after the other; `fin`, `linger` and `reset` end the list. */
export type Step =
  | { readonly step: 'write'; readonly bytes: Uint8Array | string }
  | { readonly step: 'wait'; readonly ms: number }
  /** Waits for the end of this turn of the event loop. */
  | { readonly step: 'turn' }
  /** From here on the peer misbehaves: it is logged, and a hold can stop here. */
  | { readonly step: 'fault' }
  /** Hands the request to the handler; this is what the oracle counts. */
  | { readonly step: 'execute' }
  /** Becomes the steps that send what the handler answered. */
  | { readonly step: 'answer' }
  /** The answer was sent whole. */
  | { readonly step: 'answered'; readonly status: number }
  /** Keeps an answer back until the next one was sent. */
  | { readonly step: 'keepBack'; readonly bytes: Uint8Array; readonly status: number }
  | { readonly step: 'end'; readonly ending: Ending }
  /** Says nothing and does nothing from now on, whatever happens. */
  | { readonly step: 'mute'; readonly reads: boolean };

export const TURN: Step = { step: 'turn' };
export const FAULT: Step = { step: 'fault' };
export const EXECUTE: Step = { step: 'execute' };
export const ANSWER: Step = { step: 'answer' };

export function write(...parts: readonly (Uint8Array | string)[]): Step {
  // One buffer, so that everything leaves in one segment.
  return { step: 'write', bytes: Buffer.concat(parts.map(toBytes)) };
}

export function answered(status: number): Step {
  return { step: 'answered', status };
}

export function end(ending: Ending): Step {
  return { step: 'end', ending };
}

export function mute(reads: boolean): Step {
  return { step: 'mute', reads };
}

/** A pause; none at all for 0. */
export function waitFor(ms: number): Step[] {
  return ms === 0 ? [] : [{ step: 'wait', ms }];
}

/** A pause; for 0 the rest of this turn of the event loop. */
export function pauseFor(ms: number): Step {
  return ms === 0 ? TURN : { step: 'wait', ms };
}

/** An {@link Ending}, or silence: what was read from then on is ignored. */
export function endOrMute(ending: Ending | 'none'): Step {
  return ending === 'none' ? mute(true) : end(ending);
}

function toBytes(part: Uint8Array | string): Uint8Array {
  return typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
}
