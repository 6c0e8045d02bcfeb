// A configuration that is only checked: what is written, what the two programs print of it, and how they end.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readEscapedBytes } from '../../../wire/escaped-bytes.ts';
import { OptionReader, parseSections } from './markdown-sections.ts';

export interface CheckedConfiguration {
  readonly name: string;
  /** By path, relative to `ServerRoot`; `httpd.conf` is the one that is checked. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** A program that checks a configuration and says what it thinks of it. */
export interface CheckingProgram {
  /** What the program calls itself at the beginning of a line. */
  readonly name: string;
  check(configuration: string): Promise<CheckResult>;
}

/** What was printed, one character a byte, and how it ended. */
export interface CheckResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads one file of `broken/`: each section is a configuration, `apache` the file itself, `apache PATH` one beside it. */
export function parseCheckedConfigurations(text: string, file: string): CheckedConfiguration[] {
  return parseSections(text, file)
    .slice(1)
    .map((section) => {
      const where = `${file}: ${section.heading}`;
      new OptionReader(where, section.options).assertEmpty();
      const files = new Map<string, Buffer>();
      for (const block of section.blocks) {
        const [kind, name = 'httpd.conf', ...more] = block.info.split(' ');
        if ((kind !== 'apache' && kind !== 'bytes') || more.length > 0 || files.has(name)) {
          throw new Error(`${where}: a block is 'apache' or 'apache PATH', or of bytes`);
        }
        files.set(
          name,
          kind === 'bytes'
            ? readEscapedBytes(block.lines.join(''))
            : Buffer.from(block.lines.map((line) => `${line}\n`).join('')),
        );
      }
      if (!files.has('httpd.conf')) throw new Error(`${where}: no configuration`);
      return { name: section.heading, files };
    });
}

/** Writes the configuration; four lines of the harness come first, so that it stands on its own. Returns its file. */
export function writeCheckedConfiguration(configuration: CheckedConfiguration, folder: string, common: string): string {
  for (const [name, bytes] of configuration.files) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const head = `ServerRoot "${folder}"\nInclude "${common}"\nServerName example.test\nErrorLog error.log\n`;
    writeFileSync(file, name === 'httpd.conf' ? Buffer.concat([Buffer.from(head), bytes]) : bytes);
  }
  return path.join(folder, 'httpd.conf');
}

/** Exit code, standard output and standard error, as lines that are compared. */
export async function tellCheck(program: CheckingProgram, file: string): Promise<string[]> {
  const { code, stdout, stderr } = await program.check(file);
  return [`exit ${code}`, ...tellLines('stdout', stdout, program.name), ...tellLines('stderr', stderr, program.name)];
}

/** Removes what {@link writeCheckedConfiguration} wrote. */
export function removeCheckedConfiguration(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Rule "program": each calls itself by its name. Rule "log time": time and process of a line of the error log are each run's own. */
function tellLines(stream: string, text: string, program: string): string[] {
  return text
    .split(/(?<=\n)/)
    .filter((line) => line !== '')
    .map((line) =>
      line
        .replace(/^\[[A-Z][^\]]+\] (\[\w*:\w+\]) \[pid [^\]]+\] /, '$1 ')
        .replace(/^((?:\[\w*:\w+\] )?(?:AH\d{5}: )?)(\S+): /, (all, head: string, name: string) =>
          name === program ? `${head}PROGRAM: ` : all,
        ),
    )
    .map((line) => `${stream}: ${line.endsWith('\n') ? line.slice(0, -1) : `${line} (no line break)`}`);
}
