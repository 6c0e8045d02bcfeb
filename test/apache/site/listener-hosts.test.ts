// Which hosts a listening address serves, and who of them answers first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostsOfListener } from '#src/apache/site/listener-hosts.js';
import type { VirtualHost } from '#src/apache/config/virtual-host.js';
import { makeHost } from '../make-host.ts';

const at = (name: string, ...addresses: readonly string[]): VirtualHost => makeHost(addresses, { name });

const main = makeHost([], { name: 'main' });
const hosts = [main, at('every', '*:*'), at('a', '10.0.0.1:443'), at('b', '*:443'), at('d', '10.0.0.1:443')];

const namesFor = (host: string, port: number): string =>
  hostsOfListener(hosts, { host, port, protocol: undefined })
    .map(({ name }) => name)
    .join(' ');

test('an address has the hosts that name it, in their order, and hides those of all addresses, and of a port those of all ports', () => {
  assert.equal(namesFor('10.0.0.1', 443), 'a d');
});

test('an address that no host names has those of all addresses', () => {
  assert.equal(namesFor('10.0.0.2', 443), 'b');
  assert.equal(namesFor('10.0.0.2', 80), 'every');
});

test('all addresses have all hosts of the port: those of all addresses answer first', () => {
  assert.equal(namesFor('*', 443), 'b a d');
  assert.equal(namesFor('0.0.0.0', 443), 'b a d');
});

test('where no host has the port the main server answers', () => {
  assert.equal(hostsOfListener([main, at('a', '10.0.0.1:443')], { host: '*', port: 80, protocol: undefined })[0], main);
});
