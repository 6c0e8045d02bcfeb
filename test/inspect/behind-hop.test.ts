// What may stand for the hop in front of an inspected server. Nothing is connected to: the option is read first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from '#src/inspect/index.js';

const refused = (behind: string, message: RegExp): Promise<void> =>
  assert.rejects(inspect('http://127.0.0.1:1/', { behind }), { name: 'OptionError', option: 'behind', message });

test('a hop that only forgets connections cannot be the one who has to close first', async () => {
  await refused('aws-nlb', /'aws-nlb', which only forgets connections/);
  await refused('azure-nat-gateway', /name the proxy that does/);
});

test('a proxy of which nobody says how long it keeps connections to servers has to be given in milliseconds', async () => {
  await refused('fastly', /no idle timeout is known; give it in milliseconds/);
});

test('an unknown name is answered with those that come near', async () => {
  await refused('aws-elb', /no known hop; did you mean aws-alb/);
  await refused('nothing-like-it-at-all', /no known hop; perdura advise --list/);
});
