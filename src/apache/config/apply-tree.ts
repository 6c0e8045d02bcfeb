// Applies a tree to the directives there are: finds them, checks where they stand and what follows them, and calls them.
import type { FileLookup } from '../files/file-lookup.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import type { ConfigurationScope, ScopeChanges } from '../module/configuration-scope.ts';
import type { DirectiveCall } from '../module/directive.ts';
import type { OverrideGrant } from '../module/override-grant.ts';
import type { ConfigNode } from '../syntax/config-tree.ts';
import { ConfigurationError, ConfigurationRefused } from '../syntax/configuration-error.ts';
import { cutArguments } from '../syntax/directive-arguments.ts';
import { checkContext, checkForbidden, type DirectivePlace } from './directive-place.ts';
import type { DirectiveTable, FoundDirective, TableEntry } from './directive-table.ts';
import type { FaultList } from './fault-list.ts';
import type { ProcessConfiguration } from './process-configuration.ts';
import type { VirtualHost } from './virtual-host.ts';

/** Where the nodes are applied. */
export interface TreeScope {
  readonly process: ProcessConfiguration;
  readonly table: DirectiveTable;
  readonly files: FileLookup;
  readonly host: VirtualHost;
  readonly directory: ConfigVector;
  readonly path: string | undefined;
  readonly sections: readonly string[];
  readonly htaccess: OverrideGrant | undefined;
  readonly limit: ConfigurationScope['limit'];
  /** The host is the one that the warning is about: its LogLevel decides. */
  readonly warn: (message: string, source?: string, host?: VirtualHost) => void;
  /** Where faults go, so that what comes behind them is looked at, too. Without it the first ends the reading. */
  readonly faults?: FaultList | undefined;
}

/** With the section right around, as it was written. */
interface NodeScope extends TreeScope {
  readonly parent: string | undefined;
}

const UNKNOWN = 'perhaps misspelled or defined by a module not included in the server configuration';

function placeOf(scope: NodeScope): DirectivePlace {
  return { ...scope, isLimited: scope.limit !== undefined };
}

function complain(message: string): never {
  throw new ConfigurationError(message);
}

/** What only Apache has is never passed over in silence. */
function refuseUnsupported(name: string, section: boolean): never {
  complain(
    `${name}${section ? '>' : ''} is not supported by perdura: take it out, or put it between <IfModule !perdura_module> and </IfModule>`,
  );
}

/** Modules that nobody knows may bring directives that nobody knows. */
function refuseUnknown(node: ConfigNode, scope: NodeScope): void {
  if (scope.htaccess?.nonfatal.has('unknown') === true) {
    scope.warn(`AH02296: Unknown directive ${node.name.toLowerCase()} ${UNKNOWN}`);
    return;
  }
  complain(`Invalid command '${node.name}', ${UNKNOWN}`);
}

/** False: AllowOverride forbids it, and Nonfatal lets that pass. */
function checkPlace(directive: FoundDirective, scope: NodeScope): boolean {
  const facts = directive.kind === 'apache' ? directive.directive : directive.entries[0]?.directive;
  const complaint = facts === undefined ? undefined : checkContext(facts, placeOf(scope));
  if (complaint === undefined) return true;
  if (scope.htaccess?.nonfatal.has('override') !== true) complain(complaint.message);
  scope.warn(`AH02295: ${facts?.name} in .htaccess forbidden by AllowOverride`);
  return false;
}

/** The scope of one directive: what it may ask, and apply. */
function scopeOf(node: ConfigNode, scope: NodeScope): ConfigurationScope {
  const { process, host, directory, path, sections, htaccess, limit, files, warn } = scope;
  return {
    place: node.place,
    process,
    host,
    directory,
    path,
    sections,
    htaccess,
    limit,
    files,
    warn: (message, source) => warn(message, source, host),
    applyChildren: (nodes: readonly ConfigNode[], changes: ScopeChanges) => {
      const { section, ...others } = changes;
      const inner = section === undefined ? sections : [...sections, section];
      applyNodes(nodes, { ...scope, ...others, sections: inner, parent: node.name });
    },
  };
}

function callEntry({ module, directive }: TableEntry, node: ConfigNode, scope: NodeScope): void {
  const kind = directive.kind === 'section' ? 'raw' : directive.arguments;
  const { host, directory, path } = scope;
  for (const { words, on } of cutArguments(kind, directive.name, node.text, directive.usage)) {
    const complaint = checkForbidden(directive, placeOf(scope));
    if (complaint !== undefined) complain(complaint.message);
    const call: DirectiveCall<unknown, unknown> = {
      name: node.name,
      words,
      on,
      place: node.place,
      // What a server has is shared by its requests: .htaccess may look at it, no more.
      server: scope.htaccess === undefined ? module.ownServer(host.server) : module.ofServer(host.server),
      directory: module.ownDirectory(directory, path),
      scope: scopeOf(node, scope),
    };
    if (directive.kind === 'directive') directive.apply(call);
    else directive.apply({ ...call, children: node.kind === 'section' ? node.children : [] });
  }
}

function noteInert({ directive }: TableEntry, { place }: ConfigNode, scope: NodeScope): void {
  if (directive.effect !== 'inert') return;
  const message = `${place.file}:${place.line}: ${directive.name} is without effect: ${directive.summary}`;
  scope.process.notes.push({ level: 'info', message });
}

function applyNode(node: ConfigNode, scope: NodeScope): void {
  const found = scope.table.find(node.name);
  if (found === undefined) {
    refuseUnknown(node, scope);
    return;
  }
  if (!checkPlace(found, scope)) return;
  if (found.kind === 'apache') refuseUnsupported(found.directive.name, node.kind === 'section');
  for (const entry of found.entries) {
    callEntry(entry, node, scope);
    noteInert(entry, node, scope);
  }
}

function applyNodes(nodes: readonly ConfigNode[], scope: NodeScope): void {
  for (const node of nodes) {
    try {
      applyNode(node, scope);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const refused = new ConfigurationRefused(error.message, node.place, 'directive');
      if (scope.faults === undefined) throw refused;
      scope.faults.add(refused);
    }
  }
}

/**
 * Applies nodes in their order. Whatever is gathered, the first that is wrong is what is thrown.
 *
 * @throws ConfigurationRefused
 */
export function applyTree(nodes: readonly ConfigNode[], scope: TreeScope): void {
  applyNodes(nodes, { ...scope, parent: undefined });
  scope.faults?.throwFirst();
}
