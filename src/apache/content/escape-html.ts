// Text within the pages that are made here: error pages, signatures and listings.

/** Characters that mean something in HTML are written so that they do not. */
export function escapeHtml(text: string): string {
  if (!/[&<>"]/.test(text)) return text;
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
