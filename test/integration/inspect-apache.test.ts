// The truth about Apache, held against an inspection of it.
import { externalProgram } from '../support/external-program.ts';
import { testKnownServers } from './inspected/inspect-known-servers.ts';
import { apacheServers } from './inspected/apache.ts';

const program = externalProgram('apache2');
testKnownServers('Apache', apacheServers(program.path), program.skip);
