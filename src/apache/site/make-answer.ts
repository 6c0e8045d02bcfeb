// From a request that is done to an answer of the server: its head when it goes out, its body, and its line in the access log.
import type { Answer, ExactRecord } from '../../server/index.ts';
import { formatHead } from '../answer/format-head.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import type { Content } from '../request/content.ts';

/** What an answer needs of the site. */
export interface AnswerSurroundings {
  /** The value of the Date field for a moment. */
  dateText(atMs: number): string;
  logAnswer(original: ApacheRequest, final: ApacheRequest, record: ExactRecord): void;
}

export function makeAnswer(original: ApacheRequest, final: ApacheRequest, surroundings: AnswerSurroundings): Answer {
  const hasBody = !final.headerOnly && final.status !== 304 && final.status !== 204;
  return {
    status: final.status,
    body: hasBody ? toBody(final.content, final) : null,
    exact: {
      head: ({ mustClose }) => formatHead(final, mustClose, surroundings.dateText(original.facts.startedAtMs)),
      done: (record) => {
        surroundings.logAnswer(original, final, record);
      },
    },
  };
}

function toBody(content: Content, request: ApacheRequest): Uint8Array | AsyncIterable<Uint8Array> | null {
  switch (content.kind) {
    case 'none':
      return null;
    case 'bytes':
      return content.bytes;
    case 'file': {
      const { path, startByte, lengthBytes } = content.slice;
      return request.services.files.stream(path, startByte, lengthBytes);
    }
    case 'stream':
      return content.chunks;
  }
}
