// Text that others sent, made safe to print: control characters would move a terminal's cursor, and XML does not allow them.

/** The same, with control characters (C0, DEL, C1) and line breaks as `\xNN`. */
export function formatVisible(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]|[\ud800-\udfff]/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
