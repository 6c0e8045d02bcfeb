// Directives that Apache itself passes over with a warning.
import { defineDirective } from '../module/directive.ts';
import { defineModule, type ApacheModule } from '../module/module.ts';

export const deprecated: ApacheModule<null, null> = defineModule<null, null>({
  name: 'core.c',
  identifier: 'core_module',
  directives: [
    defineDirective({
      name: 'NameVirtualHost',
      contexts: ['server'],
      tier: 1,
      arguments: 'one',
      usage: 'A numeric IP address:port, or the name of a host',
      summary: 'Without effect since Apache 2.4: hosts of one address are told apart by name.',
      apply: ({ place, scope }) => {
        const where = `${place.file}:${place.line}`;
        scope.warn(
          `AH00548: NameVirtualHost has no effect and will be removed in the next release ${where}`,
          'startup',
        );
      },
    }),
    defineDirective({
      name: 'DefaultType',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      tier: 1,
      arguments: 'one',
      usage: 'the default media type for otherwise untyped files (DEPRECATED)',
      summary: 'Without effect since Apache 2.4: use ForceType in a section of files.',
      apply: ({ words: [text = ''], place, scope }) => {
        if (text.toLowerCase() === 'none') return;
        const where = `in line ${place.line} of ${place.file}.`;
        scope.warn(`AH00117: Ignoring deprecated use of DefaultType ${where}`, 'core');
      },
    }),
  ],
});
