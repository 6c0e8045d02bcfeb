// Requests that are made in one turn leave in one write where pipelining allows it. Until then nothing that comes can be an answer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drive } from './driven-session.ts';
import type { MemoryPeer } from './memory-origin.ts';

const OPTIONS = { limits: { perOrigin: 1 }, pipelining: 3 };

describe('a request that has not left its turn', () => {
  const ends: Record<string, (peer: MemoryPeer) => void> = {
    'an answer to nothing': (peer) => peer.answer('poison'),
    FIN: (peer) => peer.fin(),
    RST: (peer) => peer.rst(),
  };
  for (const [name, end] of Object.entries(ends)) {
    test(
      `does not take ${name} for its own, and is sent elsewhere whatever its method`,
      drive(OPTIONS, async (driven, origin) => {
        origin.hold();
        const get = driven.outcome(driven.session.request('/get'));
        const post = driven.outcome(driven.session.request('/post', { method: 'POST', body: 'x', idempotent: false }));
        await driven.settle();
        assert.equal(origin.peer(1).requests.length, 1);
        // Both are told within one turn, as the records of a TLS connection are.
        origin.peer(1).answer();
        if (name !== 'RST') end(origin.peer(1));
        const { pair } = driven.opener.connections[0]!;
        pair.deliver(pair[0]);
        if (name === 'RST') end(origin.peer(1));
        pair.deliver(pair[0]);
        origin.release();
        await driven.settle();
        assert.equal(await get, '200 1/1');
        assert.equal(await post, '200 2/1');
        assert.equal(origin.peer(1).requests.length, 1);
      }),
    );
  }
});
