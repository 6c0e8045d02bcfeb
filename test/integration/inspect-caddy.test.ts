// The truth about Caddy, held against an inspection of it.
import { externalProgram } from '../support/external-program.ts';
import { testKnownServers } from './inspected/inspect-known-servers.ts';
import { caddyServers } from './inspected/caddy.ts';

const program = externalProgram('caddy');
testKnownServers('Caddy', caddyServers(program.path), program.skip);
