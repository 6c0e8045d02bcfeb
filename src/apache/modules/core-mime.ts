// What the core itself says of types and handlers: ForceType, SetHandler, AddDefaultCharset, AcceptPathInfo.
import { takeHandlerName, warnOfRunningType } from '../content/handler-names.ts';
import { withDefaultCharset } from '../content/media-type.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** Undefined: nothing is said here. */
interface CoreMime {
  forcedType: string | undefined;
  handler: string | undefined;
  /** `off`: none is added. */
  defaultCharset: string | undefined;
  pathInfo: 'on' | 'off' | 'default' | undefined;
}

const IN_FILE_INFO = {
  contexts: ['server', 'directory', 'htaccess'],
  override: ['FileInfo'],
  tier: 1,
  arguments: 'one',
} as const;

export const coreMime: ApacheModule<null, CoreMime> = defineModule<null, CoreMime>({
  name: 'core.c',
  identifier: 'core_module',
  createDirectory: () => ({
    forcedType: undefined,
    handler: undefined,
    defaultCharset: undefined,
    pathInfo: undefined,
  }),
  mergeDirectory: (base, over) => ({
    forcedType: over.forcedType ?? base.forcedType,
    handler: over.handler ?? base.handler,
    defaultCharset: over.defaultCharset ?? base.defaultCharset,
    pathInfo: over.pathInfo ?? base.pathInfo,
  }),
  directives: [
    defineDirective({
      ...IN_FILE_INFO,
      name: 'ForceType',
      usage: 'a mime type that overrides other configured type',
      summary: 'the media type of all files, whatever their names say; `none` takes it back',
      apply: ({ words, directory, scope }) => {
        warnOfRunningType('ForceType', words[0]!, scope);
        directory.forcedType = words[0]!.toLowerCase();
      },
    }),
    defineDirective({
      ...IN_FILE_INFO,
      name: 'SetHandler',
      usage: 'a handler name that overrides any other configured handler',
      summary:
        '`default-handler` or `none`; handlers of modules that perdura does not have are refused where they are loaded',
      apply: ({ words, directory, scope }) => {
        if (words[0]!.startsWith('expr=')) {
          throw new ConfigurationError('SetHandler with an expression is not supported by perdura');
        }
        directory.handler = takeHandlerName('SetHandler', words[0]!, scope);
      },
    }),
    defineDirective({
      ...IN_FILE_INFO,
      name: 'AddDefaultCharset',
      usage: "The name of the default charset to add to any Content-Type without one or 'Off' to disable",
      summary: 'the charset of text/plain and text/html where none is given',
      apply: ({ words, directory }) => {
        const lower = words[0]!.toLowerCase();
        directory.defaultCharset = lower === 'off' ? 'off' : lower === 'on' ? 'iso-8859-1' : words[0]!;
      },
    }),
    defineDirective({
      ...IN_FILE_INFO,
      name: 'AcceptPathInfo',
      usage: 'Set to on or off for PATH_INFO to be accepted by handlers, or default for the per-handler preference',
      summary: 'whether a path may go on behind the name of a file',
      apply: ({ words, directory }) => {
        const lower = words[0]!.toLowerCase();
        if (lower !== 'on' && lower !== 'off' && lower !== 'default') {
          throw new ConfigurationError('AcceptPathInfo must be set to on, off or default');
        }
        directory.pathInfo = lower;
      },
    }),
  ],
  hooks: {
    fixups: (request) => {
      const { forcedType, handler } = coreMime.ofDirectory(request.directoryConfig);
      if (forcedType !== undefined && forcedType !== 'none') request.contentType = forcedType;
      if (handler !== undefined) request.handler = handler === 'none' ? undefined : handler;
      return undefined;
    },
  },
});

/** The value of the Content-Type field: the request's type, with the default charset where it needs one. */
export function contentTypeField(request: ApacheRequest): string | undefined {
  const { contentType } = request;
  if (contentType === undefined || request.suppressesCharset) return contentType;
  const { defaultCharset } = coreMime.ofDirectory(request.directoryConfig);
  return withDefaultCharset(contentType, defaultCharset === 'off' ? undefined : defaultCharset);
}
