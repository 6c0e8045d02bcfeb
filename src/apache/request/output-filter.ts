// What may still be changed about an answer when its content is known: fields and the content itself.
/** The order of filters, the first first; Apache's filter types. Within one type they run as they were inserted. */
export const FILTER_ORDER = {
  /** What FilterDeclare declares without a type. */
  resource: -1,
  /** mod_expires */
  beforeFields: 0,
  /** mod_deflate: it comes before mod_headers, which sees its Vary and ETag and not the length of the file. */
  contentCoding: 0.5,
  /** mod_headers */
  fields: 1,
  content: 2,
  /** ranges: what is counted is what is sent */
  protocol: 3,
} as const;

/** See the head of the file. Changes `request.content`, `request.headersOut` and their kin; may answer later. A number: the answer ends as that error. */
export interface OutputFilter<Request> {
  readonly name: string;
  readonly order: (typeof FILTER_ORDER)[keyof typeof FILTER_ORDER];
  run(request: Request): void | number | Promise<void | number>;
}
