// The truth about the server of Go, held against an inspection of it.
import { after, before, describe } from 'node:test';
import { externalProgram } from '../support/external-program.ts';
import { testKnownServers } from './inspected/inspect-known-servers.ts';
import { goServers } from './inspected/go.ts';
import { GoProgram } from './reloading/script-server.ts';

const go = externalProgram('go');

describe('Go', { skip: go.skip }, () => {
  let program: GoProgram | undefined;
  before(() => {
    program = new GoProgram(go.path, 'go-inspected');
  });
  after(() => program?.[Symbol.dispose]());
  testKnownServers(
    'its server',
    goServers(() => program!.path),
  );
});
