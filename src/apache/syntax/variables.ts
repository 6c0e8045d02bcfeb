// ${NAME} in a line: what Define gave it, else what the environment has. Where neither does, the text stays and a warning is due.

/** What a line may name. */
export interface VariableSource {
  /** Of Define with two words; without regard to case, so the keys are in lower case. */
  readonly variables: ReadonlyMap<string, string>;
  /** Of the process, with regard to case. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

function valueOf(name: string, { variables, environment }: VariableSource): string | undefined {
  return variables.get(name.toLowerCase()) ?? (Object.hasOwn(environment, name) ? environment[name] : undefined);
}

/** The line with its variables in place. What they hold is not looked at again. */
export function expandVariables(line: string, source: VariableSource, warn: (message: string) => void): string {
  let at = line.indexOf('${');
  if (at === -1) return line;
  let result = '';
  let done = 0;
  while (at !== -1) {
    const end = line.indexOf('}', at + 2);
    if (end === -1) break;
    const name = line.slice(at + 2, end);
    const value = valueOf(name, source);
    // With a colon it is a RewriteMap's.
    if (value === undefined && !name.includes(':')) warn(`AH00111: Config variable \${${name}} is not defined`);
    result += line.slice(done, at) + (value ?? line.slice(at, end + 1));
    done = end + 1;
    at = line.indexOf('${', done);
  }
  return result + line.slice(done);
}
