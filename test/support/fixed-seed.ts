// `npm test` loads this before each test file: properties draw the same cases in every run, so that a change is judged by what it changes.
// Without it, as with `node build/test/run.js`, they draw others each time, which finds what nobody has thought of.
import process from 'node:process';

const SEED = 20_261_122;

// Programs that tests start get the same flags, and have no properties.
if (process.argv[1]?.endsWith('.test.js') === true) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ seed: SEED });
}
