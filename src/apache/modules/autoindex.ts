// mod_autoindex: the listing of a folder without an index, where Options Indexes allows it.
import { formatSignature } from '../answer/signature.ts';
import { formatFancyListing, formatPlainListing } from '../content/listing/fancy-listing.ts';
import { formatHeading, formatPreamble, formatText, PAGE_END } from '../content/listing/listing-frame.ts';
import type { ListingFrame } from '../content/listing/listing-frame.ts';
import { labelOf } from '../content/listing/listing-cells.ts';
import type { ListingLook } from '../content/listing/listing-cells.ts';
import type { ListingEntry } from '../content/listing/listing-entry.ts';
import { BLANK_NAME, findItem } from '../content/listing/listing-items.ts';
import {
  DEFAULT_DESCRIPTION_WIDTH,
  DEFAULT_NAME_WIDTH,
  effectiveFlags,
  hasFlag,
} from '../content/listing/listing-options.ts';
import { readListingQuery } from '../content/listing/listing-query.ts';
import type { ListingOrder } from '../content/listing/listing-query.ts';
import { formatTableListing } from '../content/listing/table-listing.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { escapePath } from '../request/escape-path.ts';
import { AUTOINDEX_DIRECTIVES } from './autoindex-directives.ts';
import { collectEntries } from './autoindex-entries.ts';
import { createAutoindex, mergeAutoindex } from './autoindex-parts.ts';
import type { Autoindex } from './autoindex-parts.ts';
import { setValidators } from './core-content.ts';
import { coreOptions } from './core-options.ts';

/** Of mod_mime for folders. */
const FOLDER_HANDLER = 'httpd/unix-directory';

/** What Apache buffers (AP_MIN_BYTES_TO_WRITE): longer listings go out before their length is known. */
const COUNTED_BYTES = 8_000;

/** Names of one listing: some seconds, in turns with other requests. Apache has no limit; a page of 20 MB is of no use to anybody. */
const MAX_NAMES = 100_000;

/** What HeaderName and ReadmeName may have: read at once, for every listing. Apache has no limit; those of real sites have some KiB. */
const MAX_PART_BYTES = 1024 * 1024;

export const autoindex: ApacheModule<null, Autoindex> = defineModule<null, Autoindex>({
  name: 'mod_autoindex.c',
  identifier: 'autoindex_module',
  createDirectory: createAutoindex,
  mergeDirectory: mergeAutoindex,
  directives: AUTOINDEX_DIRECTIVES,
  hooks: {
    handler: async (request) => {
      if (request.fileStats?.kind !== 'folder') return undefined;
      if (request.handler !== undefined && request.handler !== FOLDER_HANDLER) return undefined;
      if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
      const folder = request.filename ?? '';
      if (!coreOptions.ofDirectory(request.directoryConfig).has('Indexes')) {
        const names = request.notes.get('dir-index-names') ?? 'none';
        log(
          request,
          `AH01276: Cannot serve directory ${folder}: No matching DirectoryIndex (${names}) found, and server-generated directory index forbidden by Options directive`,
        );
        return 403;
      }
      const discarded = await request.discardBody();
      if (discarded !== 'ok') return discarded;
      if (!folder.endsWith('/')) request.filename = `${folder}/`;
      return listFolder(request);
    },
  },
});

function log(request: ApacheRequest, message: string): void {
  request.services.log(request, 'error', 'autoindex', message);
}

async function listFolder(request: ApacheRequest): Promise<'ok' | number> {
  const settings = autoindex.ofDirectory(request.directoryConfig);
  const { services, filename = '' } = request;
  const names = services.files.list(filename);
  if (names === undefined) {
    const why = services.files.explain(filename);
    log(request, `${why === undefined ? '' : `${why.words}: `}AH01275: Can't open directory for index: ${filename}`);
    return 403;
  }
  if (names.length > MAX_NAMES) {
    log(request, `${filename} has ${names.length} names, more than the ${MAX_NAMES} that a listing may have`);
    return 403;
  }
  const order = readOrder(request, settings);
  const { type, charset } = settings.options;
  request.contentType = `${type ?? 'text/html'};charset=${charset ?? 'ISO-8859-1'}`;
  if (hasFlag(order.flags, 'trackmodified')) setValidators(request, request.fileStats!);
  if (request.headerOnly) return 'ok';
  const entries = await collectEntries(request, settings, order, names);
  const listing = formatListing(entries, settings, order);
  const page = await frameListing(request, settings, order, listing);
  if (page.hasParts || page.text.length > COUNTED_BYTES) request.hidesLength = true;
  request.content = { kind: 'bytes', bytes: Buffer.from(page.text, 'latin1') };
  return 'ok';
}

function readOrder(request: ApacheRequest, settings: Autoindex): ListingOrder {
  const flags = effectiveFlags(settings.options);
  const defaults: ListingOrder = {
    column: settings.column ?? 'N',
    direction: settings.direction ?? 'A',
    flags,
    pattern: undefined,
    linkArguments: '',
  };
  return request.query === undefined || hasFlag(flags, 'ignoreclient')
    ? defaults
    : readListingQuery(request.query, defaults);
}

function formatListing(entries: readonly ListingEntry[], settings: Autoindex, order: ListingOrder): string {
  const isTable = hasFlag(order.flags, 'htmltable');
  if (!isTable && !hasFlag(order.flags, 'fancyindexing')) return formatPlainListing(entries);
  const { nameWidth, descriptionWidth, iconWidth, iconHeight } = settings.options;
  const widest = entries.reduce((width, entry) => Math.max(width, labelOf(entry).length), DEFAULT_NAME_WIDTH);
  const look: ListingLook = {
    order,
    nameWidth: nameWidth === '*' ? widest : (nameWidth ?? DEFAULT_NAME_WIDTH),
    fitsNames: nameWidth === '*',
    descriptionWidth: descriptionWidth === '*' ? undefined : (descriptionWidth ?? DEFAULT_DESCRIPTION_WIDTH),
    iconWidth: iconWidth ?? 0,
    iconHeight: iconHeight ?? 0,
    defaultIcon: settings.defaultIcon,
    blankIcon: findItem(settings.icons, { path: BLANK_NAME, type: undefined, encoding: undefined }),
    hasStyles: settings.styleSheet !== undefined,
  };
  return isTable ? formatTableListing(entries, look) : formatFancyListing(entries, look);
}

/** `hasParts`: HTML of other files is in it. */
async function frameListing(
  request: ApacheRequest,
  settings: Autoindex,
  order: ListingOrder,
  listing: string,
): Promise<{ text: string; hasParts: boolean }> {
  const frame: ListingFrame = {
    path: request.path,
    xhtml: hasFlag(order.flags, 'xhtml'),
    styleSheet: settings.styleSheet,
    headInsert: settings.headInsert,
  };
  const isBare = hasFlag(order.flags, 'suppresshtmlpreamble');
  const header = await readPart(request, settings.headerName);
  const readme = await readPart(request, settings.readmeName);
  let text = header?.kind === 'html' && isBare ? '' : formatPreamble(frame);
  text += header === undefined ? formatHeading(frame) : formatPart(header);
  text += listing;
  text += readme === undefined ? formatSignature(request, '') : formatPart(readme);
  if (readme?.kind !== 'html' || !isBare) text += PAGE_END;
  return { text, hasParts: header?.kind === 'html' || readme?.kind === 'html' };
}

interface FramePart {
  readonly kind: 'html' | 'text';
  readonly text: string;
}

function formatPart(part: FramePart): string {
  return part.kind === 'html' ? part.text : formatText(part.text);
}

/** HeaderName and ReadmeName: a file that the client may have, and that is a text. */
async function readPart(request: ApacheRequest, name: string | undefined): Promise<FramePart | undefined> {
  if (name === undefined) return undefined;
  const folder = name.startsWith('/') ? '' : escapePath(request.path.slice(0, request.path.lastIndexOf('/') + 1));
  const found = await request.services.lookUpPath(`${folder}${name}`, request);
  if (found.status !== 200 || found.fileStats?.kind !== 'file' || found.filename === undefined) return undefined;
  const isHtml = /^(?:text\/html|application\/xhtml\+xml)/i.test(found.contentType ?? '');
  if (!isHtml && !/^text\//i.test(found.contentType ?? '')) return undefined;
  const { sizeBytes } = found.fileStats;
  if (sizeBytes > MAX_PART_BYTES) {
    log(
      request,
      `${found.filename} has ${sizeBytes} bytes, more than the ${MAX_PART_BYTES} that HeaderName and ReadmeName may have, and is left out of the listing of ${request.filename}`,
    );
    return undefined;
  }
  const bytes = request.services.files.readBytes(found.filename, 0, sizeBytes);
  if (bytes === undefined) return undefined;
  return { kind: isHtml ? 'html' : 'text', text: Buffer.from(bytes).toString('latin1') };
}
