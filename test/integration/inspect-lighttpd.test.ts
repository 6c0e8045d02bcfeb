// The truth about lighttpd, held against an inspection of it.
import { externalProgram } from '../support/external-program.ts';
import { testKnownServers } from './inspected/inspect-known-servers.ts';
import { lighttpdServers } from './inspected/lighttpd.ts';

const program = externalProgram('lighttpd');
testKnownServers('lighttpd', lighttpdServers(program.path), program.skip);
