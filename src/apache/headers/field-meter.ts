// How much the rules of mod_headers may write: they may come from .htaccess, and each may repeat what another has made.

/** Of one value: what Apache lets a substitution become (AP_PREGSUB_MAXLEN). */
export const MAX_FIELD_VALUE_BYTES = 65_536;

/** Of all fields that one pass through the rules writes, with their names: browsers take no longer head of an answer. */
export const MAX_FIELDS_BYTES = 262_144;

/** The colon, the space and the end of the line. */
const BYTES_BESIDE = 4;

/** Rules write more than they may. */
export class FieldLimitError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FieldLimitError';
  }
}

/** @throws FieldLimitError */
export function checkValueLength(lengthBytes: number): void {
  if (lengthBytes <= MAX_FIELD_VALUE_BYTES) return;
  throw new FieldLimitError(`a value became longer than the ${MAX_FIELD_VALUE_BYTES} bytes that it may have`);
}

/** Counts for one pass through the rules. What is written over counts, too. */
export class FieldMeter {
  #bytes = 0;

  /** @throws FieldLimitError */
  count(name: string, lengthBytes: number): void {
    checkValueLength(lengthBytes);
    this.#bytes += name.length + lengthBytes + BYTES_BESIDE;
    if (this.#bytes <= MAX_FIELDS_BYTES) return;
    throw new FieldLimitError(`the fields became larger than the ${MAX_FIELDS_BYTES} bytes that they may have`);
  }
}
