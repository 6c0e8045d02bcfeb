// The truth about Varnish, held against an inspection of it.
import { externalProgram } from '../support/external-program.ts';
import { testKnownServers } from './inspected/inspect-known-servers.ts';
import { varnishServers } from './inspected/varnish.ts';

const program = externalProgram('varnishd');
testKnownServers('Varnish', varnishServers(program.path), program.skip);
