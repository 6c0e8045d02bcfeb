// An inspection with pauses, as a program of its own: it must not end while it pauses.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runProgram } from '../integration/run-program.ts';
import { startNodeServer } from './run-one-check.ts';

describe('a gentle inspection', () => {
  test('goes on where no connection is open during a pause', async () => {
    await using server = await startNodeServer((_request, response) => {
      response.writeHead(200, { connection: 'close' }).end('ok\n');
    });
    const script = `
      const { inspect } = await import(${JSON.stringify(import.meta.resolve('#src/inspect/index.js'))});
      const report = await inspect(${JSON.stringify(server.url)}, { only: ['error-answers'], gentle: true });
      console.log(report.checks.map(({ outcome }) => outcome).join());
    `;
    const { code, stdout, stderr } = await runProgram(process.execPath, ['--input-type=module', '--eval', script]);
    assert.deepEqual([code, stdout.toString(), stderr], [0, 'measured,measured\n', '']);
  });
});
