// How a directive is declared: its name, where it may stand, what follows it, and what it does to the configuration of its module.
import type { ConfigNode, SourcePlace } from '../syntax/config-tree.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import type { OverrideClass } from './override-grant.ts';

/** Where a directive may stand. `server`: outside of all sections, and in `<VirtualHost>` unless `virtualHost: false`. */
export type DirectiveContext = 'server' | 'directory' | 'htaccess';

/**
 * What may follow a directive; Apache's TAKE1 and its kin. `raw`: the text is handed over as it stands. `each`: called once for each word.
 * `pairs`: for each two words (ITERATE2: the first word with each of the others).
 */
export type ArgumentKind =
  | 'none'
  | 'flag'
  | 'one'
  | 'two'
  | 'three'
  | 'oneOrTwo'
  | 'oneOrThree'
  | 'twoOrThree'
  | 'oneToThree'
  | 'each'
  | 'pairs'
  | 'raw'
  | 'any';

/** Where a directive must not stand although its contexts allow it. */
export type ForbiddenPlace = 'VirtualHost' | 'Limit' | 'Directory' | 'Location' | 'Files' | 'If' | 'htaccess';

/** One use of a directive. */
export interface DirectiveCall<Server, Directory> {
  /** The name as it was written. */
  readonly name: string;
  /** The words, quotes removed; for `raw` the whole text as the only one. */
  readonly words: readonly string[];
  /** For `flag`. */
  readonly on: boolean;
  readonly place: SourcePlace;
  /** The part of the module in the configuration of the server or virtual host. Never to be changed from `.htaccess`. */
  readonly server: Server;
  /** The part of the module in the configuration of the folder, section or `.htaccess`. */
  readonly directory: Directory;
  readonly scope: ConfigurationScope;
}

/** What every directive has. */
interface DirectiveFacts {
  readonly name: string;
  readonly contexts: readonly DirectiveContext[];
  /** Which class of AllowOverride lets it stand in `.htaccess`: one of them is enough. */
  readonly override?: readonly OverrideClass[];
  /** Default true: may stand in `<VirtualHost>`. */
  readonly virtualHost?: false;
  readonly forbidden?: readonly ForbiddenPlace[];
  /** Of apache.md: how surely users expect it. */
  readonly tier: 1 | 2 | 3;
  /** `inert`: checked, and said to be without effect with --verbose. */
  readonly effect?: 'inert';
  /** The words that Apache has behind "takes one argument, " and the like. */
  readonly usage: string;
  /** One line for the table of directives. */
  readonly summary: string;
}

/** A directive of one line. */
export interface DirectiveDefinition<Server, Directory> extends DirectiveFacts {
  readonly kind: 'directive';
  readonly arguments: ArgumentKind;
  /** @throws ConfigurationError in Apache's words. */
  apply(call: DirectiveCall<Server, Directory>): void;
}

/** A section: it decides what becomes of what it holds. */
export interface SectionDefinition<Server, Directory> extends DirectiveFacts {
  readonly kind: 'section';
  apply(call: SectionCall<Server, Directory>): void;
}

/** One use of a section; `words[0]` is its text with the closing bracket. */
export interface SectionCall<Server, Directory> extends DirectiveCall<Server, Directory> {
  readonly children: readonly ConfigNode[];
}

export type AnyDirective<Server, Directory> =
  | DirectiveDefinition<Server, Directory>
  | SectionDefinition<Server, Directory>;

/** Declares a directive of one line. */
export function defineDirective<Server, Directory>(
  definition: Omit<DirectiveDefinition<Server, Directory>, 'kind'>,
): DirectiveDefinition<Server, Directory> {
  return { kind: 'directive', ...definition };
}

/** Declares a section. Its name has the bracket: `<Directory`. */
export function defineSection<Server, Directory>(
  definition: Omit<SectionDefinition<Server, Directory>, 'kind'>,
): SectionDefinition<Server, Directory> {
  return { kind: 'section', ...definition };
}
