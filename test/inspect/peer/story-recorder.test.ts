// The record of a connection: complete where it is short, its beginning and its end where it is long, and its end only once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StoryRecorder } from '#src/inspect/peer/story-recorder.js';

const START = { id: 3, check: 'http10', purpose: 'a test', protocol: 'http/1.1', startedMs: 5 } as const;

describe('StoryRecorder', () => {
  test('tells what happened, with its times', () => {
    const recorder = new StoryRecorder(START);
    recorder.opened(6, '127.0.0.1:80', { protocol: 'TLSv1.3', resumed: true, handshakeMs: 2, alpn: '' });
    recorder.sent(7, 'GET / HTTP/1.1\r\n\r\n');
    recorder.received(8, Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'));
    recorder.add({ atMs: 9, kind: 'peerFin', text: '' });
    recorder.ended(9, 'peerFin');
    recorder.ended(10, 'weClosed');
    assert.deepEqual(recorder.tell(50), {
      ...START,
      address: '127.0.0.1:80',
      openedMs: 6,
      tls: { protocol: 'TLSv1.3', resumed: true, handshakeMs: 2, alpn: '' },
      events: [
        { atMs: 6, kind: 'opened', text: 'to 127.0.0.1:80, TLSv1.3 resumed' },
        { atMs: 7, kind: 'sent', text: 'GET / HTTP/1.1\\r\\n\n\\r\\n', bytes: 18 },
        { atMs: 8, kind: 'received', text: 'HTTP/1.1 204 No Content\\r\\n\n\\r\\n', bytes: 27 },
        { atMs: 9, kind: 'peerFin', text: '' },
      ],
      omittedEvents: 0,
      endedMs: 9,
      end: 'peerFin',
    });
  });

  test('one that was never open has no such time, and one that has not ended lasts until now', () => {
    const story = new StoryRecorder(START).tell(50);
    assert.equal('openedMs' in story || 'tls' in story, false);
    assert.deepEqual([story.endedMs, story.end], [50, 'weClosed']);
  });

  test('of a long story the beginning and the end are kept, and how much is missing', () => {
    const recorder = new StoryRecorder(START);
    for (let number = 0; number < 1_000; number += 1) recorder.sent(number, `${number}`);
    const { events, omittedEvents } = recorder.tell(1_000);
    assert.equal(events.length + omittedEvents, 1_000);
    assert.ok(events.length < 60);
    assert.deepEqual([events[0]?.text, events.at(-1)?.text], ['0', '999']);
    const numbers = events.map(({ text }) => Number(text));
    assert.deepEqual(
      numbers,
      numbers.toSorted((left, right) => left - right),
    );
  });

  test('what is told does not change when more happens', () => {
    const recorder = new StoryRecorder(START);
    recorder.sent(1, 'a');
    const story = recorder.tell(2);
    recorder.sent(3, 'b');
    assert.equal(story.events.length, 1);
  });

  test('secrets of either direction are left out, given ones everywhere', () => {
    const recorder = new StoryRecorder(START, ['hushhush']);
    recorder.sent(1, 'GET / HTTP/1.1\r\nCookie: sid=hush\r\n\r\n');
    recorder.received(2, Buffer.from('HTTP/1.1 200 OK\r\nSet-Cookie: sid=hu'));
    recorder.received(3, Buffer.from('sh\r\n\r\nyou sent hushhush'));
    const told = JSON.stringify(recorder.tell(4));
    assert.doesNotMatch(told, /hu|sh\\\\r/);
    assert.match(told, /sid=…/);
  });
});
