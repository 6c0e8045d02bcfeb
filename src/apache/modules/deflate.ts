// mod_deflate: how answers are compressed, for a server as a whole. The filter that does it is ../filters/deflate-filter.ts.
import { readInteger } from '../config/leading-number.ts';
import type { DeflateSettings } from '../content/deflater.ts';
import { defineDirective } from '../module/directive.ts';
import type { DirectiveDefinition } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

type NoteKind = 'input' | 'output' | 'ratio';

/** What a server says of compression; undefined: as the main server, or as httpd was built. */
export interface CompressionRules {
  level: number | undefined;
  memoryLevel: number | undefined;
  windowBits: number | undefined;
  bufferBytes: number | undefined;
  entityTag: 'addsuffix' | 'nochange' | 'remove' | undefined;
  notes: Partial<Record<NoteKind, string>>;
}

/** DEFAULT_BUFFERSIZE, DEFAULT_MEMLEVEL and DEFAULT_WINDOWSIZE of httpd; the level is zlib's own choice. */
const DEFAULTS: DeflateSettings = { level: -1, memoryLevel: 9, windowBits: 15, bufferBytes: 8096 };

/** The rules with what they leave open filled in. */
export function deflateSettings(rules: CompressionRules): DeflateSettings {
  return {
    level: rules.level ?? DEFAULTS.level,
    memoryLevel: rules.memoryLevel ?? DEFAULTS.memoryLevel,
    windowBits: rules.windowBits ?? DEFAULTS.windowBits,
    bufferBytes: rules.bufferBytes ?? DEFAULTS.bufferBytes,
  };
}

const SERVER = { contexts: ['server'], tier: 1 } as const;

export const deflate: ApacheModule<CompressionRules, null> = defineModule<CompressionRules, null>({
  name: 'mod_deflate.c',
  identifier: 'deflate_module',
  createServer: () => ({
    level: undefined,
    memoryLevel: undefined,
    windowBits: undefined,
    bufferBytes: undefined,
    entityTag: undefined,
    notes: {},
  }),
  mergeServer: (base, over) => ({
    level: over.level ?? base.level,
    memoryLevel: over.memoryLevel ?? base.memoryLevel,
    windowBits: over.windowBits ?? base.windowBits,
    bufferBytes: over.bufferBytes ?? base.bufferBytes,
    entityTag: over.entityTag ?? base.entityTag,
    notes: { ...base.notes, ...over.notes },
  }),
  directives: [
    number('DeflateCompressionLevel', 'level', 'Set the Deflate Compression Level (1-9)', {
      most: 9,
      refusal: 'Compression Level must be between 1 and 9',
      summary: 'How hard to compress, 1 to 9. Default: what zlib takes for the best, 6.',
    }),
    number('DeflateMemLevel', 'memoryLevel', 'Set the Deflate Memory Level (1-9)', {
      most: 9,
      refusal: 'DeflateMemLevel must be between 1 and 9',
      summary: 'How much memory to compress with, 1 to 9. Default 9.',
    }),
    number('DeflateWindowSize', 'windowBits', 'Set the Deflate window size (1-15)', {
      most: 15,
      refusal: 'DeflateWindowSize must be between 1 and 15',
      summary: 'How far back to look, as a power of two; below 9 zlib refuses to compress. Default 15.',
    }),
    number('DeflateBufferSize', 'bufferBytes', 'Set the Deflate Buffer Size', {
      most: 0x7fff_ffff,
      refusal: 'DeflateBufferSize should be positive',
      summary: 'How many compressed bytes are sent at a time. Default 8096.',
    }),
    defineDirective({
      ...SERVER,
      name: 'DeflateAlterEtag',
      arguments: 'one',
      usage:
        "Set how mod_deflate should modify ETAG response headers: 'AddSuffix' (default), 'NoChange' (2.2.x behavior), 'Remove'",
      summary: 'What becomes of the ETag of a compressed answer.',
      apply({ words, server }) {
        const word = words[0]!.toLowerCase();
        if (word !== 'addsuffix' && word !== 'nochange' && word !== 'remove') {
          throw new ConfigurationError("DeflateAlterETAG accepts only 'NoChange', 'AddSuffix', and 'Remove'");
        }
        server.entityTag = word;
      },
    }),
    defineDirective({
      ...SERVER,
      name: 'DeflateFilterNote',
      arguments: 'oneOrTwo',
      usage: 'Set a note to report on compression ratio',
      summary: 'A note for the log: how many bytes went in or came out, or their ratio in per cent.',
      apply({ words, server }) {
        const [first, note = first!] = words;
        const kind = words.length === 1 ? 'ratio' : first!.toLowerCase();
        if (kind !== 'input' && kind !== 'output' && kind !== 'ratio') {
          throw new ConfigurationError(`Unknown note type ${first}`);
        }
        server.notes = { ...server.notes, [kind]: note };
      },
    }),
  ],
});

function number(
  name: string,
  key: 'level' | 'memoryLevel' | 'windowBits' | 'bufferBytes',
  usage: string,
  { most, refusal, summary }: { readonly most: number; readonly refusal: string; readonly summary: string },
): DirectiveDefinition<CompressionRules, null> {
  return defineDirective<CompressionRules, null>({
    ...SERVER,
    name,
    arguments: 'one',
    usage,
    summary,
    apply({ words, server }) {
      const value = readInteger(words[0]!);
      if (value < 1 || value > most) throw new ConfigurationError(refusal);
      server[key] = value;
    },
  });
}
