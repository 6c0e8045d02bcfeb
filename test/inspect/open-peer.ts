// A Peer on its own, without an inspection around it: what tests of it and of what stands behind it need.
import type { TestContext } from 'node:test';
import { Peer } from '#src/inspect/peer/peer.js';
import type { PeerOwner } from '#src/inspect/peer/peer.js';
import { StoryRecorder } from '#src/inspect/peer/story-recorder.js';
import { Connector, systemClock } from '#src/io/index.js';
import type { OpenedConnection } from '#src/io/index.js';

/** How long such a peer waits for an answer. */
export const TEST_RESPONSE_MS = 2_000;

/** Opens one that is closed when the test ends. `owner`: what it should be told else than usual. */
export async function openPeer(port: number, t: TestContext, owner: Partial<PeerOwner> = {}): Promise<Peer> {
  const startedMs = systemClock.nowMs();
  const connector = new Connector({ clock: systemClock, connectTimeoutMs: 2_000 });
  const { transport } = await new Promise<OpenedConnection>((resolve, reject) => {
    const target = { scheme: 'http', host: '127.0.0.1', port, socketPath: undefined } as const;
    connector.open(target, { onOpened: resolve, onOpenFailed: reject });
  });
  const story = new StoryRecorder({ id: 1, check: 'http10', purpose: 'a test', protocol: 'http/1.1', startedMs: 0 });
  const peer = new Peer(
    {
      clock: systemClock,
      nowMs: () => systemClock.nowMs() - startedMs,
      boundMs: (atMostMs) => atMostMs,
      responseTimeoutMs: TEST_RESPONSE_MS,
      beforeRequest: async () => {},
      onBytesReceived: () => {},
      signal: undefined,
      ...owner,
    },
    transport,
    story,
  );
  t.after(() => peer.close());
  return peer;
}

/** A request that every server understands. */
export function plainRequest(method = 'GET', path = '/'): string {
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}
