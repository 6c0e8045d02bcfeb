// From the text of files to one tree. What Apache does while it reads is done here; what directives mean is none of its concern.
import path from 'node:path';
import { CONDITIONS, type Condition } from './conditions.ts';
import type { ConfigNode, SourcePlace } from './config-tree.ts';
import { ConfigurationError, ConfigurationRefused } from './configuration-error.ts';
import { cutArguments } from './directive-arguments.ts';
import { IMMEDIATE_DIRECTIVES, type ImmediateDirective } from './immediate-directives.ts';
import { INCLUDE_DIRECTIVES, type IncludeDirective } from './include-directives.ts';
import { findIncludedFiles, reasonOfFailure } from './included-files.ts';
import { LogicalLines } from './logical-lines.ts';
import type { ReadingEnvironment } from './reading-environment.ts';
import { MAX_INCLUDE_DEPTH } from './reading-limits.ts';
import { skipSection } from './skipped-section.ts';
import { expandVariables } from './variables.ts';
import { takeWord } from './words.ts';

interface OpenSection {
  readonly name: string;
  readonly place: SourcePlace;
  readonly children: ConfigNode[];
}

/** A file, or what a condition encloses in it: sections that are opened in there are closed in there. */
interface Block {
  readonly file: string;
  readonly lines: LogicalLines;
  readonly roots: ConfigNode[];
  readonly open: OpenSection[];
  /** How many sections and conditions enclose it. */
  readonly depth: number;
}

/** Whoever it was, the message of what failed becomes one of a structure at a place. */
function refuseAt(place: SourcePlace, error: unknown): never {
  if (error instanceof ConfigurationError) throw new ConfigurationRefused(error.message, place, 'structure');
  throw error;
}

/** See the head of the file. One for each configuration: it counts what is included. */
export class TreeReader {
  readonly #environment: ReadingEnvironment;
  #files = 0;
  #bytes = 0;
  #includeDepth = 0;

  constructor(environment: ReadingEnvironment) {
    this.#environment = environment;
  }

  /** @throws ConfigurationRefused */
  readFile(file: string): ConfigNode[] {
    return this.#readText(this.#load(file), file, 0);
  }

  /** @throws ConfigurationRefused */
  readText(text: string, file: string): ConfigNode[] {
    return this.#readText(text, file, 0);
  }

  #readText(text: string, file: string, depth: number): ConfigNode[] {
    const lines = new LogicalLines(text, this.#environment.limits.maxLineBytes);
    const block: Block = { file, lines, roots: [], open: [], depth };
    this.#readBlock(block, undefined);
    const [outermost] = block.open;
    if (outermost === undefined) return block.roots;
    const unclosed = block.open
      .toReversed()
      .map(({ name, place }) => `${place.file}:${place.line}: ${name}> was not closed.`);
    throw new ConfigurationRefused(unclosed.join('\n'), outermost.place, 'structure');
  }

  #load(file: string): string {
    const { files, limits } = this.#environment;
    this.#files += 1;
    if (this.#files > limits.maxFiles + 1) {
      throw new ConfigurationRefused(
        `more than ${limits.maxFiles} files are included (maxFiles)`,
        undefined,
        'structure',
      );
    }
    // Whoever wants nothing to be included says so.
    if (file === '/dev/null') return '';
    let text;
    try {
      text = files.readSmall(file, limits.maxFileBytes);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const message = `${file} has more than ${limits.maxFileBytes} bytes (maxFileBytes)`;
      throw new ConfigurationRefused(message, undefined, 'structure');
    }
    if (text === undefined) {
      const stats = files.stat(file);
      if (stats !== undefined && stats !== 'denied' && stats.kind !== 'file') {
        const refusal = `AH00554: Access to file ${file} denied by server: not a regular file`;
        this.#environment.warn(refusal, 'core', 'error');
      }
      const message = `Could not open configuration file ${file}: ${reasonOfFailure(files, file)}`;
      throw new ConfigurationRefused(message, undefined, 'structure');
    }
    this.#bytes += text.length;
    if (this.#bytes > limits.maxTotalBytes) {
      const message = `all files have more than ${limits.maxTotalBytes} bytes together (maxTotalBytes)`;
      throw new ConfigurationRefused(message, undefined, 'structure');
    }
    return text;
  }

  /** Up to the end tag, or the end of the text: a condition that holds needs no end tag. */
  #readBlock(block: Block, endTag: string | undefined): void {
    for (let line = this.#nextLine(block); line !== undefined; line = this.#nextLine(block)) {
      if (block.open.length === 0 && line.toLowerCase() === endTag) return;
      if (line !== '' && !line.startsWith('#')) this.#readLine(block, line);
    }
  }

  /** Apache has no place for a line that is too long but the file. */
  #nextLine({ file, lines }: Block): string | undefined {
    try {
      return lines.next();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const message = `Error reading ${file} at line ${lines.line}: ${error.message}`;
      throw new ConfigurationRefused(message, undefined, 'structure');
    }
  }

  #readLine(block: Block, line: string): void {
    const environment = this.#environment;
    const taken = takeWord(expandVariables(line, environment, (message) => environment.warn(message)));
    if (taken.word === '') return;
    const place = { file: block.file, line: block.lines.line };
    if (taken.word.startsWith('</')) {
      closeSection(block, taken.word, place);
      return;
    }
    const mayCut = taken.word[1] !== '/' && taken.word.endsWith('>');
    const name = mayCut ? taken.word.slice(0, -1) : taken.word;
    const isSection = name.startsWith('<');
    const text = isSection && taken.rest === '' ? '>' : taken.rest;
    if (this.#runNow(block, name, text, place)) return;
    if (isSection) this.#openSection(block, name, text, place);
    else childrenOf(block).push({ kind: 'directive', name, text, place });
  }

  #openSection(block: Block, name: string, text: string, place: SourcePlace): void {
    this.#checkDepth(block, place);
    const children: ConfigNode[] = [];
    childrenOf(block).push({ kind: 'section', name, text, children, place });
    block.open.push({ name, place, children });
  }

  #checkDepth(block: Block, place: SourcePlace): void {
    const { maxSectionDepth } = this.#environment.limits;
    if (block.depth + block.open.length < maxSectionDepth) return;
    const message = `more than ${maxSectionDepth} sections within each other (maxSectionDepth)`;
    throw new ConfigurationRefused(message, place, 'structure');
  }

  /** What Apache does as soon as it has read the line. False: it does nothing. */
  #runNow(block: Block, name: string, text: string, place: SourcePlace): boolean {
    const key = name.toLowerCase();
    const condition = CONDITIONS.get(key);
    const immediate = IMMEDIATE_DIRECTIVES.get(key);
    const include = INCLUDE_DIRECTIVES.get(key);
    try {
      if (condition !== undefined) this.#runCondition(block, condition, name, text, place);
      else if (immediate !== undefined) this.#runImmediate(immediate, text);
      else if (include !== undefined) this.#include(block, include, text);
      else return false;
    } catch (error) {
      refuseAt(place, error);
    }
    return true;
  }

  #runCondition(block: Block, condition: Condition, name: string, text: string, place: SourcePlace): void {
    // What is passed over leaves its end tag behind, which then closes nothing.
    if (!this.#checkGrant(name, true)) return;
    this.#checkDepth(block, place);
    if (!condition(text, this.#environment)) {
      skipSection(block.lines, name);
      return;
    }
    const roots = childrenOf(block);
    const inner: Block = { ...block, roots, open: [], depth: block.depth + block.open.length + 1 };
    this.#readBlock(inner, `</${name.slice(1).toLowerCase()}>`);
  }

  #runImmediate(directive: ImmediateDirective, text: string): void {
    if (!this.#checkGrant(directive.name, false)) return;
    for (const { words } of cutArguments(directive.arguments, directive.name, text, directive.usage)) {
      directive.run(words, this.#environment);
    }
  }

  /** Whether it may stand there: in `.htaccess` not all may. */
  #checkGrant(name: string, inHtaccess: boolean): boolean {
    const { grant, warn } = this.#environment;
    if (grant === undefined || (inHtaccess && grant.classes.size > 0)) return true;
    if (grant.list?.has(name.toLowerCase()) === true) return true;
    if (!grant.nonfatal.has('override')) throw new ConfigurationError(`${name} not allowed here`);
    warn(`AH02295: ${name} in .htaccess forbidden by AllowOverride`);
    return false;
  }

  #include(block: Block, directive: IncludeDirective, text: string): void {
    if (!this.#checkGrant(directive.name, false)) return;
    const [call] = cutArguments('one', directive.name, text, directive.usage);
    if (this.#includeDepth >= MAX_INCLUDE_DEPTH) {
      throw new ConfigurationError(
        `Exceeded maximum include depth of ${MAX_INCLUDE_DEPTH}, There appears to be a recursion.`,
      );
    }
    const { files, process: configuration } = this.#environment;
    const pattern = path.posix.resolve(configuration.serverRoot, call?.words[0] ?? '');
    const nodes = childrenOf(block);
    this.#includeDepth += 1;
    for (const file of findIncludedFiles(files, pattern, directive.isOptional)) {
      for (const node of this.#readIncluded(file, block.depth + block.open.length)) nodes.push(node);
    }
    this.#includeDepth -= 1;
  }

  /** The place in the inner file becomes a part of the message: the outer one adds its own. */
  #readIncluded(file: string, depth: number): ConfigNode[] {
    try {
      return this.#readText(this.#load(file), file, depth);
    } catch (error) {
      if (!(error instanceof ConfigurationRefused)) throw error;
      const { place, message } = error;
      if (place === undefined) throw new ConfigurationError(message);
      throw new ConfigurationError(`Syntax error on line ${place.line} of ${place.file}: ${message}`);
    }
  }
}

function childrenOf(block: Block): ConfigNode[] {
  return block.open.at(-1)?.children ?? block.roots;
}

function closeSection(block: Block, word: string, place: SourcePlace): void {
  const refuse = (message: string): never => {
    throw new ConfigurationRefused(message, place, 'structure');
  };
  const open = block.open.at(-1);
  if (open === undefined) return refuse(`${word} without matching <${word.slice(2)} section`);
  if (!word.endsWith('>')) return refuse(`${word}> directive missing closing '>'`);
  const inner = word.slice(2, -1);
  if (inner.toLowerCase() !== open.name.slice(1).toLowerCase()) {
    return refuse(`Expected </${open.name.slice(1)}> but saw ${word}`);
  }
  block.open.pop();
}
