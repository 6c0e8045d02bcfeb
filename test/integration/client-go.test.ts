// A session against a server of Go's net/http that is replaced under load.
import { after, before, describe, test } from 'node:test';
import { externalProgram } from '../support/external-program.ts';
import { RARE, RELOAD_TEST, surviveReloads } from './reloading/reload-under-load.ts';
import { GoProgram, ScriptServer } from './reloading/script-server.ts';

const go = externalProgram('go');
const options = { ...go, ...RELOAD_TEST };

let program: GoProgram;
before(() => {
  if (go.skip === false) program = new GoProgram(go.path);
});
after(() => program?.[Symbol.dispose]());

describe('a server in Go that is shut down and replaced several times a second', () => {
  test('loses no request that may be repeated, and repeats no other', options, async (t) => {
    await using server = await ScriptServer.startGo(program, '1s');
    await surviveReloads(t, server, { holdBack: 'never' });
  });

  test('hardly loses any request where the last byte of the others is held back', options, async (t) => {
    await using server = await ScriptServer.startGo(program, '1s');
    await surviveReloads(t, server, { holdBack: 'lastByte', failedPostShare: RARE });
  });
});
