// What a configuration says of the process as a whole: where it listens, which modules are loaded.
import type { HostAddress, VirtualHost } from './virtual-host.ts';

/** One `Listen`. */
export interface ListenAddress extends HostAddress {
  /** `https` as its second word. */
  readonly protocol: string | undefined;
}

/** Something that holds without effect, or is doubtful, for --verbose and the error log. */
export interface ConfigurationNote {
  readonly level: 'error' | 'warn' | 'notice' | 'info';
  readonly message: string;
  /** Whose line it is in Apache's error log; undefined: told plainly, as what is found before that log is open. */
  readonly module?: string;
}

/** See the head of the file. Filled in while the configuration is read. */
export interface ProcessConfiguration {
  readonly listen: ListenAddress[];
  /** The first is the main server. */
  readonly hosts: VirtualHost[];
  serverRoot: string;
  /** Names as `<IfModule>` asks for them: identifiers and `mod_x.c`. */
  readonly modules: Set<string>;
  readonly defines: Map<string, string>;
  /** Variables of the process, for PassEnv; without it there are none. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly notes: ConfigurationNote[];
}
