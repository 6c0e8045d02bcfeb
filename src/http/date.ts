// HTTP-date (RFC 9110 §5.6.7) as milliseconds since 1970. Only the preferred form, IMF-fixdate, is understood here.

/** The date in milliseconds, undefined where the text is no valid IMF-fixdate. */
export function parseHttpDate(text: string): number | undefined {
  const ms = Date.parse(text);
  // What Date.parse tolerates beyond the grammar does not survive the round trip.
  return Number.isNaN(ms) || formatHttpDate(ms) !== text ? undefined : ms;
}

/** The date as an IMF-fixdate, cut to whole seconds. */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}
