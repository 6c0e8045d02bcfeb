// Files of users and groups, as htpasswd and people write them. Pure.

/** The hash behind a name; the first line of a name counts. */
export function findPassword(text: string, user: string): string | undefined {
  for (const line of lines(text)) {
    const colon = line.indexOf(':');
    if (colon === -1 || line.slice(0, colon) !== user) continue;
    return line.slice(colon + 1).split(':', 1)[0]!;
  }
  return undefined;
}

/** The groups that a user is in. */
export function findGroups(text: string, user: string): ReadonlySet<string> {
  const groups = new Set<string>();
  for (const line of lines(text)) {
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    if (
      line
        .slice(colon + 1)
        .split(/\s+/)
        .includes(user)
    )
      groups.add(line.slice(0, colon).trim());
  }
  return groups;
}

function* lines(text: string): Generator<string> {
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed !== '' && !trimmed.startsWith('#')) yield trimmed;
  }
}
