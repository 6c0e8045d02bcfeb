// Where a directive is being applied: which server, which section, what is allowed there. Apache calls it cmd_parms.
import type { ConfigNode, SourcePlace } from '../syntax/config-tree.ts';
import type { FileLookup } from '../files/file-lookup.ts';
import type { LimitedMethods } from '../config/limited-methods.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import type { ConfigVector } from './config-vector.ts';
import type { OverrideGrant } from './override-grant.ts';
import type { ProcessConfiguration } from '../config/process-configuration.ts';

/** What warnings have for their module that Apache does not have. */
export const OWN_SOURCE = 'perdura';

/** The sections that enclose a directive, the innermost last, by their names: `<Directory`, `<Limit`. Conditions such as `<IfModule` are none. */
export type EnclosingSections = readonly string[];

/** See the head of the file. */
export interface ConfigurationScope {
  readonly place: SourcePlace;
  readonly process: ProcessConfiguration;
  readonly files: FileLookup;
  readonly host: VirtualHost;
  /** The per-directory configuration that is being made. */
  readonly directory: ConfigVector;
  /** The folder of the section or `.htaccess` with its closing slash, or the URL path of `<Location>`; undefined at the level of a server. */
  readonly path: string | undefined;
  readonly sections: EnclosingSections;
  /** Set in `.htaccess`: what AllowOverride grants there. */
  readonly htaccess: OverrideGrant | undefined;
  /** Methods of an enclosing `<Limit>` or `<LimitExcept>`; undefined: all. */
  readonly limit: LimitedMethods | undefined;
  /** Applies nodes in a scope that differs in the given parts. Sections call it for what they hold. */
  applyChildren(nodes: readonly ConfigNode[], changes: ScopeChanges): void;
  /**
   * A warning that lets the configuration stand, in Apache's words. `source`: the module that Apache logs it for, default `core`;
   * `startup`: it is told plainly, without time and module; `perdura`: it is ours, and told once where a file is read often.
   */
  warn(message: string, source?: string): void;
}

/** What a section may change for what it holds. */
export interface ScopeChanges {
  readonly host?: VirtualHost;
  readonly directory?: ConfigVector;
  readonly path?: string;
  /** The name of the section that encloses the nodes from now on. */
  readonly section?: string;
  readonly limit?: ConfigurationScope['limit'];
}
