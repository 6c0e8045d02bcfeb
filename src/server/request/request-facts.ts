// What the server needs of the head of a request, whichever protocol it came by. Types only.
import type { FieldSource } from '../../http/headers.ts';
import type { TargetForm } from '../../wire/index.ts';

/** The head of a request. */
export interface RequestFacts {
  readonly method: string;
  readonly form: TargetForm;
  /** The target as it was sent; of HTTP/2 the path, or the authority of CONNECT. */
  readonly target: string;
  /** The host that was asked for, with its port where one was given; undefined where the request names none. */
  readonly host: string | undefined;
  /** 0 for a peer of HTTP/1.0, which knows no expectations and no interim answers. */
  readonly minorVersion: number;
  readonly fields: { readonly expect: string | undefined };
  readonly lines: RequestLines;
}

/** The fields of a request. */
export interface RequestLines extends FieldSource {
  /** All values of a field, joined by a comma (RFC 9110 §5.3); undefined where it was not sent. */
  get(lowerCaseName: string): string | undefined;
}
