// The check of pipelining against servers that answer in order, some of it, not at all, or in ways that break clients.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Response, serve } from '#src/server/index.js';
import { plainAnswer, startRawServer } from '../raw-server.ts';
import type { RawConnection } from '../raw-server.ts';
import { runOneCheck, startNodeServer } from '../run-one-check.ts';

const CLOSE = 'Connection: close\r\n';

/** Style, fault, answers and requests. */
async function verdict(url: string): Promise<string> {
  const { measured, outcome } = await runOneCheck(url, 'pipelining', { responseTimeoutMs: 400 });
  const { pipelining, pipeliningFault, pipelinedAnswers, pipelinedRequests } = measured;
  if (outcome !== 'measured') return outcome;
  return `${pipelining}${pipeliningFault === null ? '' : `: ${pipeliningFault}`} ${pipelinedAnswers}/${pipelinedRequests}`;
}

/** What a small site answers: a page, the same for any query, and a page that is not there. */
function answerOf(head: string, body = 'the page\n'): string {
  const answer = head.includes('there-is-no') ? plainAnswer('none\n', '', '404 Not Found') : plainAnswer(body);
  return head.startsWith('HEAD') ? answer.slice(0, answer.indexOf('\r\n\r\n') + 4) : answer;
}

/** Serves what comes alone plainly, and gives what comes at once to the test, with all heads. */
function serveRaw(onPipelined: (heads: readonly string[], connection: RawConnection) => void, alone = answerOf) {
  const waiting = new Map<RawConnection, string[]>();
  return startRawServer((head, connection) => {
    const heads = waiting.get(connection);
    if (heads !== undefined) {
      heads.push(head);
      return;
    }
    waiting.set(connection, [head]);
    // All heads of one segment have been told by then.
    setImmediate(() => {
      const together = waiting.get(connection) ?? [];
      waiting.delete(connection);
      if (together.length > 1) onPipelined(together, connection);
      else connection.socket.write(alone(head));
    });
  });
}

describe('the check of pipelining', { concurrency: 3 }, () => {
  test('all answers in order, in one segment or one by one', async () => {
    await using together = await serveRaw((heads, { socket }) => {
      socket.write(heads.map((head) => answerOf(head)).join(''));
    });
    assert.equal(await verdict(together.url), 'ordered 5/5');
    await using apart = await serveRaw((heads, { socket }) => {
      for (const [index, head] of heads.entries()) setTimeout(() => socket.write(answerOf(head)), index * 20);
    });
    assert.equal(await verdict(apart.url), 'ordered 5/5');
  });

  test('an announced close behind some of them is no fault', async () => {
    for (const count of [1, 3]) {
      await using server = await serveRaw((heads, { socket }) => {
        const answers = heads.slice(0, count).map((head) => answerOf(head));
        answers.push(answers.pop()!.replace('\r\n', `\r\n${CLOSE}`));
        socket.end(answers.join(''));
      });
      assert.equal(await verdict(server.url), `serial-close ${count}/5`);
    }
  });

  test('what is said behind an announced close does not count', async () => {
    await using server = await serveRaw((heads, { socket }) => {
      socket.write(heads.map((head) => answerOf(head).replace('\r\n', `\r\n${CLOSE}`)).join(''));
    });
    assert.equal(await verdict(server.url), 'serial-close 1/5');
  });

  test('no answer but the end, or an error in the place of all answers, is a refusal', async () => {
    const ends: readonly ((connection: RawConnection) => void)[] = [
      ({ socket }) => socket.end(),
      ({ socket }) => socket.resetAndDestroy(),
      ({ socket }) => socket.end(plainAnswer('', CLOSE, '400 Bad Request')),
      ({ socket }) => socket.end(plainAnswer('', '', '400 Bad Request')),
    ];
    for (const end of ends) {
      await using server = await serveRaw((_heads, connection) => end(connection));
      assert.equal(await verdict(server.url), 'refused 0/5');
    }
  });

  test('answers in another order are found out, also where HEAD is among them', async () => {
    const orders: readonly (readonly number[])[] = [
      [4, 3, 2, 1, 0],
      [1, 0, 2, 3, 4],
      [0, 2, 1, 3, 4],
      [0, 1, 3, 2, 4],
    ];
    for (const order of orders.slice(0, 3)) {
      await using server = await serveRaw((heads, { socket }) => {
        const places = order.filter((place) => place < heads.length);
        socket.write(places.map((place) => answerOf(heads[place]!)).join(''));
      });
      assert.match(await verdict(server.url), /^broken: outOfOrder \d\/5$/, String(order));
    }
    // Only HEAD is at the wrong place: that it makes no sense is all that can be seen.
    await using server = await serveRaw((heads, { socket }) => {
      const places = heads.length === 5 ? orders[3]! : [...heads.keys()];
      socket.write(places.map((place) => answerOf(heads[place]!)).join(''));
    });
    assert.equal(await verdict(server.url), 'broken: malformed 3/5');
  });

  test('a server that answers some and then nothing more has stalled', async () => {
    for (const count of [0, 2]) {
      await using server = await serveRaw((heads, { socket }) => {
        socket.write(
          heads
            .slice(0, count)
            .map((head) => answerOf(head))
            .join(''),
        );
      });
      assert.equal(await verdict(server.url), `broken: stalled ${count}/5`);
    }
  });

  test('what is no answer is malformed', async () => {
    await using server = await serveRaw((heads, { socket }) => {
      socket.write(`${answerOf(heads[0]!)}${answerOf(heads[1]!)}what?\r\n\r\n`);
    });
    assert.equal(await verdict(server.url), 'broken: malformed 2/5');
  });

  test('an end that nothing announced is a fault, also within an answer', async () => {
    for (const rest of ['', 'HTTP/1.1 200 OK\r\nContent-Le']) {
      await using server = await serveRaw((heads, { socket }) => {
        socket.end(
          `${heads
            .slice(0, 2)
            .map((head) => answerOf(head))
            .join('')}${rest}`,
        );
      });
      assert.equal(await verdict(server.url), 'broken: unannouncedClose 2/5');
    }
  });

  test('bodies that change from answer to answer are no disorder', async () => {
    let count = 0;
    const counted = (head: string): string => answerOf(head, `visitor ${(count += 1)} of ${'x'.repeat(count % 3)}\n`);
    await using server = await serveRaw((heads, { socket }) => socket.write(heads.map(counted).join('')), counted);
    assert.equal(await verdict(server.url), 'ordered 5/5');
  });

  test('a body that changes as if it were that of another request is no disorder either', async () => {
    // Alone: first the one, then the other; at once: the other for both. So does a page that tells the second.
    let asked = 0;
    const dated = (head: string): string => answerOf(head, (asked += 1) <= 3 ? 'one second\n' : 'next second\n');
    await using server = await serveRaw((heads, { socket }) => socket.write(heads.map(dated).join('')), dated);
    assert.equal(await verdict(server.url), 'ordered 5/5');
  });

  test('a request that ends the connection also when it is alone is left out', async () => {
    for (const announced of [true, false]) {
      const alone = (head: string): string => answerOf(head).replace('\r\n', announced ? `\r\n${CLOSE}` : '\r\n');
      await using server = await startRawServer((head, { socket }) => {
        if (head.includes('there-is-no')) socket.end(alone(head));
        else socket.write(answerOf(head));
      });
      assert.match(await verdict(server.url), /^ordered (\d)\/\1$/);
    }
  });

  test('a limit of requests is not blamed on pipelining', async () => {
    for (const limit of [2, 3, 4]) {
      await using server = await startRawServer((head, { socket, requests }) => {
        if (requests < limit) socket.write(answerOf(head));
        else if (requests === limit) socket.end(answerOf(head).replace('\r\n', `\r\n${CLOSE}`));
      });
      assert.equal(await verdict(server.url), `ordered ${limit}/${limit}`);
    }
  });

  test('a server that sends a body for HEAD is asked without HEAD', async () => {
    await using server = await startRawServer((head, { socket }) =>
      socket.write(answerOf(head.replace(/^HEAD/, 'GET'))),
    );
    assert.equal(await verdict(server.url), 'ordered 4/4');
  });

  test('where nothing can follow an answer it is not asked', async () => {
    await using server = await startRawServer((head, { socket }) => socket.end(answerOf(head)));
    assert.match(await verdict(server.url), /^skipped: it closes after each answer/);
  });

  test('node:http answers in order, also where the first answer takes a moment', async () => {
    await using server = await startNodeServer((request, response) => {
      const isAbsent = request.url !== '/' && request.url !== '/?perdura-check=1';
      response.statusCode = isAbsent ? 404 : 200;
      setTimeout(() => response.end(`${request.url}\n`), request.url === '/' ? 30 : 0);
    });
    assert.equal(await verdict(server.url), 'ordered 5/5');
  });

  test('our own server answers in order, also where the first answer takes a moment', async () => {
    await using server = await serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: async (request) => {
        const { pathname, search } = new URL(request.url);
        if (pathname === '/' && search === '') await new Promise((resolve) => setTimeout(resolve, 30));
        return new Response(`${pathname}${search}\n`, { status: pathname === '/' ? 200 : 404 });
      },
    });
    assert.equal(await verdict(server.url), 'ordered 5/5');
  });
});
