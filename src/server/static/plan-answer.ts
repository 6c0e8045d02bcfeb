// What a request is answered with, given what is known of the files. Pure: negotiation, preconditions and range in their order.
import { decideByteRange, formatContentRange, formatUnsatisfiedRange } from './byte-range.ts';
import type { CodingNegotiator } from './content-coding.ts';
import type { ErrorStatus } from './error-answer.ts';
import { decidePrecondition } from './preconditions.ts';
import type { Fields, Representation, Resource } from './representation.ts';

/** An answer with a file, without its bytes. */
export interface RepresentationPlan {
  readonly kind: 'representation';
  readonly status: 200 | 206 | 304 | 404;
  readonly fields: Fields;
  readonly representation: Representation;
  /** The part of its bytes that is the body; undefined where there is none (304). */
  readonly part: { readonly firstByte: number; readonly endByte: number } | undefined;
}

/** An answer without its bytes. */
export type AnswerPlan =
  | { readonly kind: 'error'; readonly status: ErrorStatus; readonly fields: Fields }
  | RepresentationPlan;

/** Plans the answer to a GET or HEAD. */
export function planAnswer(request: Request, resource: Resource, negotiator: CodingNegotiator): AnswerPlan {
  const { headers } = request;
  const coding = negotiator.choose(headers.get('accept-encoding'), resource.codings);
  const representation = resource.representations.find((candidate) => candidate.coding === coding);
  // Only where the client excluded identity itself (`identity;q=0`): sending it all the same is what §12.5.3 advises against.
  if (!representation) return { kind: 'error', status: 406, fields: resource.varyFields };

  const decision = decidePrecondition({
    method: request.method,
    ifMatch: headers.get('if-match'),
    ifUnmodifiedSince: headers.get('if-unmodified-since'),
    ifNoneMatch: headers.get('if-none-match'),
    ifModifiedSince: headers.get('if-modified-since'),
    range: headers.get('range'),
    ifRange: headers.get('if-range'),
    entityTag: representation.entityTag,
    lastModifiedMs: representation.lastModifiedMs,
  });
  if (decision.action === 'preconditionFailed') return { kind: 'error', status: 412, fields: resource.varyFields };
  if (decision.action === 'notModified') {
    const fields = representation.notModifiedFields;
    return { kind: 'representation', status: 304, fields, representation, part: undefined };
  }
  return decision.range
    ? planPart(headers.get('range'), representation, resource.varyFields)
    : planWhole(200, representation);
}

/**
 * Plans an error page: the plain file under status 404. Without validators, ranges and Cache-Control, for it is not what lies at
 * that URL; `headers` are the fields that every answer has.
 */
export function planErrorPage(resource: Resource, headers: Fields): AnswerPlan {
  const [page] = resource.representations;
  if (!page) return { kind: 'error', status: 404, fields: {} };
  const { 'content-type': type = '', 'content-length': length = '' } = page.wholeFields;
  return { ...planWhole(404, page), fields: { ...headers, 'content-type': type, 'content-length': length } };
}

function planWhole(status: 200 | 404, representation: Representation): RepresentationPlan {
  const part = { firstByte: 0, endByte: representation.facts.sizeBytes };
  return { kind: 'representation', status, fields: representation.wholeFields, representation, part };
}

function planPart(range: string | null, representation: Representation, varyFields: Fields): AnswerPlan {
  const { sizeBytes } = representation.facts;
  const decision = decideByteRange(range, sizeBytes);
  switch (decision.kind) {
    case 'whole':
      return planWhole(200, representation);
    case 'unsatisfiable': {
      const fields = { ...varyFields, 'content-range': formatUnsatisfiedRange(sizeBytes), 'accept-ranges': 'bytes' };
      return { kind: 'error', status: 416, fields };
    }
    case 'part': {
      const { firstByte, endByte } = decision;
      const fields = {
        ...representation.wholeFields,
        'content-range': formatContentRange(firstByte, endByte, sizeBytes),
        'content-length': String(endByte - firstByte),
      };
      return { kind: 'representation', status: 206, fields, representation, part: { firstByte, endByte } };
    }
  }
}
