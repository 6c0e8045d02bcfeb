// Texts to trees for the tests of the syntax, and trees to texts.
import type { ConfigNode } from '#src/apache/syntax/config-tree.js';
import { ConfigurationRefused } from '#src/apache/syntax/configuration-error.js';
import { BUILT_IN_MODULES, fileNameOfModule } from '#src/apache/syntax/module-names.js';
import type { ReadingEnvironment } from '#src/apache/syntax/reading-environment.js';
import { CONFIGURATION_LIMITS, type ReadingLimits } from '#src/apache/syntax/reading-limits.js';
import { TreeReader } from '#src/apache/syntax/tree-reader.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.ts';

export const MAIN_FILE = '/etc/httpd.conf';

/** What a test may say of its surroundings. */
export interface TreeSetting {
  readonly files?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly limits?: Partial<ReadingLimits>;
  readonly directives?: readonly string[];
  readonly grant?: ReadingEnvironment['grant'];
}

/** An environment in which Apache's static modules are loaded, and the warnings that come of it. */
export function createEnvironment(setting: TreeSetting = {}): { environment: ReadingEnvironment; warnings: string[] } {
  const warnings: string[] = [];
  const environment: ReadingEnvironment = {
    process: {
      listen: [],
      hosts: [],
      serverRoot: '/etc',
      modules: new Set(BUILT_IN_MODULES.flatMap((name) => [name, fileNameOfModule(name)])),
      defines: new Map(),
      notes: [],
    },
    files: new MemoryFileLookup(setting.files),
    variables: new Map(),
    environment: setting.variables ?? {},
    limits: { ...CONFIGURATION_LIMITS, ...setting.limits },
    grant: setting.grant,
    hasDirective: (name) => setting.directives?.includes(name) ?? false,
    warn: (message) => {
      warnings.push(message);
    },
  };
  return { environment, warnings };
}

export function readTree(text: string, setting: TreeSetting = {}): ConfigNode[] {
  return new TreeReader(createEnvironment(setting).environment).readText(text, MAIN_FILE);
}

/** Nodes without their places, as short as they can be told. */
export function outline(nodes: readonly ConfigNode[]): unknown[] {
  return nodes.map((node) =>
    node.kind === 'directive' ? [node.name, node.text] : [node.name, node.text, outline(node.children)],
  );
}

/** The refusal of a text; the test fails without one. */
export function refusalOf(text: string, setting: TreeSetting = {}): ConfigurationRefused {
  try {
    readTree(text, setting);
  } catch (error) {
    if (error instanceof ConfigurationRefused) return error;
    throw error;
  }
  throw new Error(`nobody refused ${JSON.stringify(text)}`);
}

/** A first word that is read as it is: in quotes where it needs them. */
function quoteName(name: string): string {
  // A bracket at the end is taken off; a word of nothing else is the empty one.
  const text = name === '' || (name.endsWith('>') && name[1] !== '/') ? `${name}>` : name;
  if (!/[\s"'\\#]/.test(text)) return text;
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** A tree as a text that is read as the same tree. A space behind a backslash keeps it from joining lines. */
export function printTree(nodes: readonly ConfigNode[], indent = ''): string {
  return nodes
    .map((node) => {
      const head = `${indent}${quoteName(node.name)} ${node.text} \n`;
      if (node.kind === 'directive') return head;
      return `${head}${printTree(node.children, `${indent}  `)}${indent}${quoteName(`</${node.name.slice(1)}>`)}\n`;
    })
    .join('');
}
