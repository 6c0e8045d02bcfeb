// A module: a family of directives, its part of the configuration, and what it does at which step of a request.
import type { ConfigVector } from './config-vector.ts';
import type { AnyDirective } from './directive.ts';
import type { Hooks } from './hooks.ts';

/** Every module has these. */
interface ModuleFacts<Server, Directory> {
  /** As `<IfModule>` knows it: `mod_headers.c`. */
  readonly name: string;
  /** As LoadModule knows it: `headers_module`. */
  readonly identifier: string;
  readonly directives: ReadonlyArray<AnyDirective<Server, Directory>>;
  readonly hooks?: Hooks;
}

/** What a module keeps for a server. Methods, so that modules of all kinds go into one list. */
interface ServerPart<Server> {
  readonly createServer: () => Server;
  /** What a virtual host has of the main server. `base` is the main server's. Never changes either. */
  mergeServer(base: Server, over: Server): Server;
}

/** What a module keeps for a folder, section or `.htaccess`. */
interface DirectoryPart<Directory> {
  /** `path`: the folder of the section with its closing slash; undefined at the level of a server. */
  readonly createDirectory: (path: string | undefined) => Directory;
  /** The outer section's first. Never changes either: both are shared between requests. */
  mergeDirectory(base: Directory, over: Directory): Directory;
}

/** What a module is made of. */
export interface ModuleDefinition<Server, Directory>
  extends ModuleFacts<Server, Directory>, ServerPart<Server>, DirectoryPart<Directory> {}

/** What has to be said of a module: nothing of a part that is `null`, where it keeps nothing. */
export type ModuleDeclaration<Server, Directory> = ModuleFacts<Server, Directory> &
  ([Server] extends [null] ? Nothing<ServerPart<Server>> : ServerPart<Server>) &
  ([Directory] extends [null] ? Nothing<DirectoryPart<Directory>> : DirectoryPart<Directory>);

/** None of these may be there. */
type Nothing<Part> = { readonly [Name in keyof Part]?: never };

/** The parts of a module that keeps nothing. */
const NOTHING: ServerPart<null> & DirectoryPart<null> = {
  createServer: () => null,
  mergeServer: () => null,
  createDirectory: () => null,
  mergeDirectory: () => null,
};

let count = 0;

/** See the head of the file. One for each module, made when its file is loaded. */
export class ApacheModule<Server = unknown, Directory = unknown> {
  readonly definition: ModuleDefinition<Server, Directory>;
  readonly index: number;
  /** What holds where nobody configured anything. */
  readonly #defaultServer: Server;
  readonly #defaultDirectory: Directory;

  constructor(definition: ModuleDefinition<Server, Directory>) {
    this.definition = definition;
    this.index = count;
    count += 1;
    this.#defaultServer = definition.createServer();
    this.#defaultDirectory = definition.createDirectory(undefined);
  }

  get name(): string {
    return this.definition.name;
  }

  /** The part of this module in what holds for a server. */
  ofServer(configs: ConfigVector): Server {
    return (configs[this.index] as Server | undefined) ?? this.#defaultServer;
  }

  /** The part of this module in what holds for a request's folder. */
  ofDirectory(configs: ConfigVector): Directory {
    return (configs[this.index] as Directory | undefined) ?? this.#defaultDirectory;
  }

  /** The part that is being configured; made where it is not there yet. */
  ownServer(configs: ConfigVector): Server {
    configs[this.index] ??= this.definition.createServer();
    return configs[this.index] as Server;
  }

  ownDirectory(configs: ConfigVector, path: string | undefined): Directory {
    configs[this.index] ??= this.definition.createDirectory(path);
    return configs[this.index] as Directory;
  }
}

/** Declares a module. */
export function defineModule<Server, Directory>(
  declaration: ModuleDeclaration<Server, Directory>,
): ApacheModule<Server, Directory> {
  // The type of a declaration says that a part is left out where it is null, and only there.
  return new ApacheModule({ ...NOTHING, ...declaration } as ModuleDefinition<Server, Directory>);
}
