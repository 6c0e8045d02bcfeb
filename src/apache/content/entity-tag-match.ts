// Whether a tag is in the list of an If-Match or If-None-Match field (RFC 9110 §8.8.3.2), read as Apache reads lists.

/** The members of a list: commas within quotes do not count. */
function splitTags(field: string): string[] {
  return (field.match(/(?:"(?:\\.|[^"\\])*(?:"|$)|[^,"])+/gs) ?? []).map((member) => member.trim());
}

/** Both tags are strong, and the same. */
export function hasStrongTag(field: string, tag: string): boolean {
  return !tag.startsWith('W/') && splitTags(field).includes(tag);
}

/** The same but for `W/`. */
export function hasWeakTag(field: string, tag: string): boolean {
  const opaque = stripWeak(tag);
  return splitTags(field).some((member) => stripWeak(member) === opaque);
}

function stripWeak(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
