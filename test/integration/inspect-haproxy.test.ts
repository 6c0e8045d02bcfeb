// The truth about HAProxy, held against an inspection of it.
import { externalProgram } from '../support/external-program.ts';
import { testKnownServers } from './inspected/inspect-known-servers.ts';
import { haproxyServers } from './inspected/haproxy.ts';

const program = externalProgram('haproxy');
testKnownServers('HAProxy', haproxyServers(program.path), program.skip);
