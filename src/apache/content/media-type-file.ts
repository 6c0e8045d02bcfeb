// A file of media types (TypesConfig): a type on each line, its extensions behind it.

/** Extensions in lower case. What stands later wins. */
export type MediaTypes = ReadonlyMap<string, string>;

/** Never fails: every text is such a file. */
export function parseMediaTypeFile(text: string): MediaTypes {
  const types = new Map<string, string>();
  for (const line of text.replace(/\\\r?\n/g, '').split('\n')) {
    const [type, ...extensions] = line.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '');
    if (type === undefined || type.startsWith('#')) continue;
    for (const extension of extensions) types.set(extension.toLowerCase(), type);
  }
  return types;
}
