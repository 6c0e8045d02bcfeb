// The Request of a server that trusts proxies: scheme and host of its URL are what the client asked them for.
import type { RequestClient } from './client-view.ts';
import type { RequestBody } from './request-body.ts';
import type { RequestFacts } from './request-facts.ts';
import { LazyRequest } from './request.ts';

/** See the head of the file. */
export class ForwardedRequest extends LazyRequest {
  readonly #form: string;
  readonly #client: RequestClient;

  constructor(head: RequestFacts, base: string, body: RequestBody | undefined, client: RequestClient) {
    super(head, base, body);
    this.#form = head.form;
    this.#client = client;
  }

  /** As sent where the target is an absolute URL: there the client, or a proxy, named it itself. */
  override get url(): string {
    const url = super.url;
    const { protocol, host } = this.#client.info;
    if (this.#form === 'absolute') return url;
    const authorityStart = url.indexOf('//') + 2;
    const pathStart = url.indexOf('/', authorityStart);
    return `${protocol}://${host === '' ? url.slice(authorityStart, pathStart) : host}${url.slice(pathStart)}`;
  }
}
