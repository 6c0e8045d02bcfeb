// <Files> and <FilesMatch> for the last part of the file name, in the order of Apache: those of .htaccess come last.
import { matchesSection } from '../config/section-match.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import type { HookResult } from '../module/hooks.ts';
import { coreSections } from '../modules/core-sections.ts';
import type { ApacheRequest } from './apache-request.ts';
import { closeAtMatchLimit } from './close-at-match-limit.ts';

/** Changes `directoryConfig`; to be called after the walk of the folders. Sections within those that match are not asked. */
export function walkFiles(request: ApacheRequest): HookResult {
  const { files } = coreSections.ofDirectory(request.directoryConfig);
  if (files.length === 0 || request.filename === undefined) return 'ok';
  const { merger } = request.services;
  const name = request.filename.slice(request.filename.lastIndexOf('/') + 1);
  let merged: ConfigVector | undefined;
  try {
    for (const section of files) {
      if (matchesSection(section.match, name, request.budget, request.env))
        merged = merger.join(merged, section.config);
    }
  } catch (error) {
    return closeAtMatchLimit(error, request);
  }
  if (merged !== undefined) {
    request.directoryConfig = merger.merge(request.directoryConfig, merged);
    request.walked = { ...request.walked, file: name };
  }
  return 'ok';
}
