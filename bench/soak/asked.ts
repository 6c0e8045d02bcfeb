// What the clients ask for, and by what they know that they got all of it. The server of the soak answers in these terms.

export const PAGE = 'ok\n';
export const BODY: string = 'b'.repeat(2_000);

/** A plain stream: so many pieces, one each pause. */
export const PIECE: string = 'x'.repeat(1_024);
export const PIECES = 20;
export const PIECE_PAUSE_MS = 500;

/** A stream of events; now and then a heartbeat comes between two of them. */
export const EVENTS = 10;
export const EVENT_PAUSE_MS = 2_000;
export const HEARTBEAT_MS = 1_500;

export type Asked = 'page' | 'body' | 'stream' | 'events';

export const PATHS: Readonly<Record<Asked, string>> = { page: '/', body: '/', stream: '/stream', events: '/events' };

/** All events in their order, without the heartbeats between them. */
const EVENT_LINES = Array.from({ length: EVENTS }, (_, index) => `data: ${index + 1}`).join();

/** What is wrong with the content of an answer; undefined where nothing is. */
export function checkContent(asked: Asked, content: string): string | undefined {
  switch (asked) {
    case 'page':
      return content === PAGE ? undefined : 'another page';
    case 'body':
      return content === `${BODY.length}\n` ? undefined : 'a body that did not arrive';
    case 'stream':
      return content === PIECE.repeat(PIECES) ? undefined : 'not all of the stream';
    default:
      return content.match(/^data: \d+$/gm)?.join() === EVENT_LINES ? undefined : 'not all events';
  }
}

/** Whether the client wants the answer; `atOnce`: not any more when it has asked, `midway`: not when it has begun, or not sending all it promised. */
export type Patience = 'whole' | 'atOnce' | 'midway';

/** `takenBack`: as it was meant to be. `last`: whole, and told that the connection ends. A text that begins with `!`: what went wrong. */
export type Outcome = 'whole' | 'last' | 'takenBack' | `!${string}`;

/** A connection to the server, whatever it speaks. */
export interface Caller {
  /** Whether it is of further use. */
  readonly usable: boolean;
  /** Why it ended where that was not this client's own doing; undefined otherwise. */
  readonly lost: string | undefined;
  /** How many requests it may have open. */
  readonly atOnce: number;
  /** For messages: how old it is and what it has done. */
  readonly story: string;
  ask(asked: Asked, patience: Patience): Promise<Outcome>;
  /** With FIN or GOAWAY. */
  leave(): void;
  /** At once. */
  drop(): void;
}

/** An answer that takes longer than this is lost; streams take 10 and 20 s. */
export const PATIENCE_MS = 60_000;
