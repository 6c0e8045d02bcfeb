// DEFLATE: compresses an answer on its way out, and tells so in its fields.
import { CompressedFiles, compressedFileKey } from '../content/compressed-files.ts';
import type { CompressedFile } from '../content/compressed-files.ts';
import { gzipContent } from '../content/gzip-content.ts';
import type { CompressionCount } from '../content/gzip-content.ts';
import { deflate, deflateSettings } from '../modules/deflate.ts';
import type { CompressionRules } from '../modules/deflate.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import type { Content } from '../request/content.ts';
import type { OutputFilter } from '../request/output-filter.ts';
import type { SiteServices } from '../request/site-services.ts';
import { decideCompression } from './decide-compression.ts';

/** zlib refuses raw streams with a smaller window. */
const MIN_WINDOW_BITS = 9;

/** DEFLATE at a place among the other filters. */
export function deflateFilter(order: OutputFilter<ApacheRequest>['order']): OutputFilter<ApacheRequest> {
  return { name: 'DEFLATE', order, run: compress };
}

const remembered = new WeakMap<SiteServices<ApacheRequest>, CompressedFiles>();

function rememberedBy(services: SiteServices<ApacheRequest>): CompressedFiles {
  const known = remembered.get(services) ?? new CompressedFiles();
  remembered.set(services, known);
  return known;
}

function compress(request: ApacheRequest): void | Promise<void> {
  const { content, headersIn, headersOut, env, services } = request;
  const contentEncoding = joinCodings(request);
  const decision = decideCompression({
    status: request.status,
    isSubrequest: request.isSubrequest,
    bodyBytes: countBody(content),
    contentType: request.contentType,
    contentEncoding,
    hasContentRange: headersOut.has('Content-Range'),
    acceptEncoding: headersIn.get('Accept-Encoding'),
    noGzip: env.has('no-gzip'),
    onlyHtml: env.get('gzip-only-text/html') === '1',
    forceGzip: env.has('force-gzip'),
  });
  if (decision.kind === 'plain' || content.kind === 'none') return;
  headersOut.merge('Vary', 'Accept-Encoding');
  if (decision.kind === 'vary') return;
  const rules = deflate.ofServer(request.host.server);
  const settings = deflateSettings(rules);
  if (settings.windowBits < MIN_WINDOW_BITS) {
    const message = `AH01383: unable to init Zlib: deflateInit2 returned -2: URL ${request.path}`;
    services.log(request, 'error', 'deflate', message);
    return;
  }
  const key = keyOf(request, content, settings);
  const cached = key === undefined ? undefined : rememberedBy(services).get(key);
  if (cached === undefined) return compressContent({ request, content, contentEncoding, rules, key });
  setFields(request, rules, contentEncoding);
  request.content = { kind: 'bytes', bytes: cached.bytes };
  noteCount(request, rules, cached);
}

/** A file that was looked at, as a whole or in part, is remembered. */
function keyOf(
  { fileStats, filename, services }: ApacheRequest,
  content: Content,
  settings: ReturnType<typeof deflateSettings>,
): string | undefined {
  const slice = content.kind === 'file' || content.kind === 'bytes' ? content.slice : undefined;
  if (slice === undefined || fileStats === undefined || slice.path !== filename) return undefined;
  return compressedFileKey(slice, fileStats, settings, services.wallMs());
}

/** An answer that is to be compressed now. */
interface Compression {
  readonly request: ApacheRequest;
  readonly content: Exclude<Content, { kind: 'none' }>;
  readonly contentEncoding: string | undefined;
  readonly rules: CompressionRules;
  readonly key: string | undefined;
}

async function compressContent({ request, content, contentEncoding, rules, key }: Compression): Promise<void> {
  const { services } = request;
  let count: CompressionCount = { inputBytes: 0, outputBytes: 0 };
  const compressed = await gzipContent({
    content,
    settings: deflateSettings(rules),
    files: services.files,
    onDone({ inputBytes, outputBytes }) {
      count = { inputBytes, outputBytes };
      noteCount(request, rules, count);
    },
  });
  // The file is gone since it was looked at: whoever sends it finds that out.
  if (compressed === undefined) return;
  setFields(request, rules, contentEncoding);
  request.content = compressed;
  if (compressed.kind === 'bytes' && key !== undefined) {
    const file: CompressedFile = { bytes: compressed.bytes, ...count };
    rememberedBy(services).keep(key, file);
  } else if (compressed.kind === 'stream' && request.headerOnly) {
    // HEAD: what follows the fields is of no interest, and must not stay open.
    await compressed.chunks[Symbol.asyncIterator]().return?.();
    request.content = { kind: 'stream', chunks: NO_CHUNKS };
  }
}

const NO_CHUNKS: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

function countBody(content: Content): number | undefined {
  if (content.kind === 'none') return 0;
  if (content.kind === 'bytes') return content.bytes.length;
  return content.kind === 'file' ? content.slice.lengthBytes : content.lengthBytes;
}

function joinCodings({ headersOut, errorHeadersOut, contentEncoding }: ApacheRequest): string | undefined {
  const codings = [headersOut.get('Content-Encoding'), errorHeadersOut.get('Content-Encoding'), contentEncoding];
  const present = codings.filter((coding) => coding !== undefined);
  return present.length === 0 ? undefined : present.join(',');
}

function setFields(request: ApacheRequest, rules: CompressionRules, before: string | undefined): void {
  const { headersOut } = request;
  if (before === undefined || before.toLowerCase() === 'identity') headersOut.set('Content-Encoding', 'gzip');
  else headersOut.merge('Content-Encoding', 'gzip');
  if (request.contentEncoding !== undefined) request.contentEncoding = headersOut.get('Content-Encoding');
  headersOut.unset('Content-Length');
  headersOut.unset('Content-MD5');
  const tag = headersOut.get('ETag');
  if (rules.entityTag === 'remove') headersOut.unset('ETag');
  else if (rules.entityTag !== 'nochange' && tag !== undefined && tag.length > 2 && tag.endsWith('"')) {
    headersOut.set('ETag', `${tag.slice(0, -1)}-gzip"`);
  }
}

function noteCount(
  request: ApacheRequest,
  { notes }: CompressionRules,
  { inputBytes, outputBytes }: CompressionCount,
): void {
  if (notes.input !== undefined) request.notes.set(notes.input, String(inputBytes));
  if (notes.output !== undefined) request.notes.set(notes.output, String(outputBytes));
  if (notes.ratio !== undefined) {
    const percent = inputBytes > 0 ? String(Math.floor((outputBytes * 100) / inputBytes)) : '-';
    request.notes.set(notes.ratio, percent);
  }
}
