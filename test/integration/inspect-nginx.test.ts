// The truth about nginx, held against an inspection of it.
import { externalProgram } from '../support/external-program.ts';
import { testKnownServers } from './inspected/inspect-known-servers.ts';
import { nginxServers } from './inspected/nginx.ts';

const program = externalProgram('nginx');
testKnownServers('nginx', nginxServers(program.path), program.skip);
