// The HTTP parser of Node.js behind its internal binding, with the cheapest callbacks. It is reachable only under a deprecated
// name (start with --no-deprecation).
import { answerParent } from '../process/answer-parent.ts';
import { timeCalls } from '../time-calls.ts';
import type { ScanQuestion } from '../lines/head-scan.ts';

interface Parser {
  initialize(type: number, resource: object): void;
  execute(bytes: Buffer): number | Error;
  [callback: number]: (...facts: unknown[]) => number | void;
}

interface ParserClass {
  readonly REQUEST: number;
  readonly kOnHeadersComplete: number;
  new (): Parser;
}

const internals = process as unknown as { binding(name: 'http_parser'): { HTTPParser: ParserClass } };
const { HTTPParser } = internals.binding('http_parser');
let sink = 0;

/** With a callback the binding makes strings of all fields; without one nobody learns anything of the head. */
function createParser(withCallback: boolean): Parser {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {});
  if (withCallback) {
    parser[HTTPParser.kOnHeadersComplete] = () => {
      sink += 1;
    };
  }
  return parser;
}

answerParent(0, {
  scan: ({ head, strings, milliseconds }: ScanQuestion) => {
    const bytes = Buffer.from(head, 'latin1');
    const parser = createParser(strings);
    return timeCalls(() => {
      if (parser.execute(bytes) !== bytes.length) throw new Error('the head was not accepted');
    }, milliseconds);
  },
  sink: () => sink,
});
