// A probe of PostgreSQL without a user: it asks whether TLS may begin, and any answer acknowledges. It needs no log-in and takes no place
// among the server's connections, but each question needs a connection of its own. Without I/O.
import type { Conversation, ConversationEvent } from '../connection/conversation.ts';
import { SSL_REQUEST } from './frontend-messages.ts';
import { readTlsAnswer } from './tls-answer.ts';

/** See the head of the file. */
export class TlsQuestion implements Conversation {
  readonly protocol = 'PostgreSQL';

  begin(): readonly ConversationEvent[] {
    return [{ kind: 'ready' }];
  }

  ask(): readonly ConversationEvent[] {
    return [{ kind: 'write', data: SSL_REQUEST }];
  }

  /** The server takes one question on a connection; then it wants a log-in. */
  receive(bytes: Buffer): readonly ConversationEvent[] {
    const answer = readTlsAnswer(bytes);
    if (answer.kind === 'refused') return [answer];
    const detail = answer.offersTls ? 'S (it has TLS)' : 'N (it has no TLS)';
    return [
      { kind: 'acknowledged', detail },
      { kind: 'closing', reason: 'a connection answers this once' },
    ];
  }
}
