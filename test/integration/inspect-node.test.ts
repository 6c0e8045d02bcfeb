// The truth about servers on Node.js, ours among them, held against an inspection of them.
import { testKnownServers } from './inspected/inspect-known-servers.ts';
import { nodeServers } from './inspected/node.ts';
import { perduraServers } from './inspected/perdura.ts';
import { undiciFronts } from './inspected/undici-front.ts';

testKnownServers('node:http', nodeServers());
testKnownServers('serve()', perduraServers());
testKnownServers('a server that passes on through undici', undiciFronts());
