// Everybody who hears of a heartbeat: listeners, and readers of its events as an async iterable.
import { EventFeed } from './event-feed.ts';
import type { HeartbeatEvent, HeartbeatEventType } from './event.ts';
import { Listeners } from './listeners.ts';

/** See the head of the file. */
export class Audience {
  readonly listeners: Listeners = new Listeners();
  readonly #feeds = new Set<EventFeed>();

  /** Whether anybody would be told: most heartbeats have nobody for most events. */
  hears(type: HeartbeatEventType): boolean {
    return this.#feeds.size > 0 || this.listeners.has(type);
  }

  tell(event: HeartbeatEvent): void {
    // Readers first: a listener may stop the heartbeat, and what it was told of is theirs, too.
    for (const feed of this.#feeds) feed.push(event);
    this.listeners.tell(event);
  }

  /** A reader from now on; one that is over at once where nothing will come any more. */
  join(isOver: boolean): EventFeed {
    const feed = new EventFeed((ended) => this.#feeds.delete(ended));
    if (isOver) feed.end();
    else this.#feeds.add(feed);
    return feed;
  }

  /** What readers have not read yet they still can. */
  endReaders(): void {
    for (const feed of this.#feeds) feed.end();
    this.#feeds.clear();
  }
}
