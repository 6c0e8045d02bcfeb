// A virtual host that chance made: its directives at their places, and what is asked of it. `@DOC@` stands for its folder, `@HOST@` for its
// name. What is asked, and every line of every place, may be left out without the rest becoming meaningless: that is how failures are shrunk.

/** Where lines stand. */
export interface Place {
  /** `host`: the virtual host itself; `section`: in a section of it; `htaccess`: in a file of its folder. */
  readonly kind: 'host' | 'section' | 'htaccess';
  /** What stands in the opening tag, or the folder of the .htaccess, which is empty for the host's own. */
  readonly name: string;
  /** Directives; one that is a section itself has several lines in one text. */
  readonly lines: readonly string[];
}

export interface RandomRequest {
  readonly method: string;
  readonly target: string;
  /** Without Host, unless another one than the host's own is meant. */
  readonly fields: readonly string[];
}

/** See the head of the file. Byte strings throughout. */
export interface RandomHost {
  /** What reproduces it. */
  readonly name: string;
  readonly places: readonly Place[];
  readonly requests: readonly RandomRequest[];
}

/** Hosts that share a server. */
export interface RandomBatch {
  /** Lines of the main server, before all hosts. */
  readonly main: readonly string[];
  readonly hosts: readonly RandomHost[];
}

/** For people: the places and requests as they were written. */
export function formatHost(host: RandomHost, main: readonly string[]): string {
  const places = host.places
    .filter(({ lines }) => lines.length > 0)
    .map(({ kind, name, lines }) => `## ${kind} ${name}\n${lines.join('\n')}\n`);
  const requests = host.requests.map(
    ({ method, target, fields }) => `${method} ${target}${fields.map((line) => ` | ${line}`).join('')}\n`,
  );
  const shared = main.length === 0 ? '' : `## main\n${main.join('\n')}\n`;
  return `${shared}${places.join('')}## requests\n${requests.join('')}`;
}
