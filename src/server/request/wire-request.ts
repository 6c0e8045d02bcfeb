// The request of an exchange as it was on the wire. Made when a handler asks for it.
import { parseNode } from '../../http/forwarded.ts';
import type { Clock } from '../../io/index.ts';
import { ExchangeAccount } from '../exchange/exchange-account.ts';
import type { ExchangeLoopOwner } from '../exchange/exchange-loop-owner.ts';
import type { ServerExchange } from '../exchange/server-exchange.ts';
import type { Endpoint, RawRequest } from './raw-request.ts';

/** See the head of the file. */
export class WireRequest implements RawRequest {
  readonly #exchange: ServerExchange;
  readonly #owner: ExchangeLoopOwner;
  readonly #account: ExchangeAccount;

  constructor(exchange: ServerExchange, owner: ExchangeLoopOwner, clock: Clock) {
    this.#exchange = exchange;
    this.#account = exchange.account ??= new ExchangeAccount(clock);
    this.#owner = owner;
  }

  get connectionKey(): object {
    return this.#owner;
  }

  get requestNumber(): number {
    return this.#exchange.number;
  }

  get startedAtMs(): number {
    return this.#account.begunAtMs;
  }

  get requestLine(): string {
    const { head } = this.#exchange;
    return head?.requestLine ?? this.#account.partial?.requestLine ?? '';
  }

  get method(): string {
    return this.#exchange.head?.method ?? '';
  }

  get target(): string {
    return this.#exchange.head?.target ?? '';
  }

  get version(): string {
    return this.#exchange.head?.version ?? '';
  }

  get minorVersion(): number {
    return this.#exchange.wire.minorVersion;
  }

  get fields(): readonly string[] {
    const { head } = this.#exchange;
    return head?.lines.loadRawFields() ?? this.#account.partial?.fields ?? [];
  }

  get hasBody(): boolean {
    return this.#exchange.body !== undefined;
  }

  get local(): Endpoint {
    return readEndpoint(this.#owner.transport.local);
  }

  get remote(): Endpoint {
    return readEndpoint(this.#owner.transport.remote);
  }

  get secure(): boolean {
    return this.#owner.provenance.tls !== undefined;
  }

  async discardBody(maxBytes: number = Infinity): Promise<boolean> {
    const { body } = this.#exchange;
    if (body === undefined) return true;
    body.claim();
    const whole = body.takeWhole();
    if (whole !== undefined) return whole.length <= maxBytes;
    let bytes = 0;
    for (let piece = await body.read(); piece !== undefined; piece = await body.read()) {
      bytes += piece.length;
      if (bytes > maxBytes) return false;
    }
    return true;
  }
}

function readEndpoint(text: string | undefined): Endpoint {
  const node = parseNode(text);
  return { address: node?.address ?? '', port: node?.port ?? 0 };
}
