// <Location> and <LocationMatch> for the path of the URL, in the order of the configuration: those of the main server come first.
import { matchesSection } from '../config/section-match.ts';
import type { MatchedSection } from '../config/section-match.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import type { HookResult } from '../module/hooks.ts';
import { coreSections } from '../modules/core-sections.ts';
import type { ApacheRequest } from './apache-request.ts';
import { closeAtMatchLimit } from './close-at-match-limit.ts';

/** Changes `directoryConfig`. Called twice: before the file name is known, and again over what the folders and files say. */
export function walkLocations(request: ApacheRequest): HookResult {
  const { locations } = coreSections.ofServer(request.host.server);
  if (locations.length === 0) return 'ok';
  const { merger } = request.services;
  // Only regular expressions see that slashes stand side by side.
  const single = request.path.startsWith('/') ? singleSlashes(request.path) : request.path;
  let merged: ConfigVector | undefined;
  try {
    for (const section of locations) {
      if (appliesTo(section, single, request)) merged = merger.join(merged, section.config);
    }
  } catch (error) {
    return closeAtMatchLimit(error, request);
  }
  if (merged !== undefined) {
    request.directoryConfig = merger.merge(request.directoryConfig, merged);
    request.walked = { ...request.walked, location: request.path };
  }
  return 'ok';
}

function appliesTo(section: MatchedSection, single: string, request: ApacheRequest): boolean {
  const { match } = section;
  if (match.kind === 'pattern') return matchesSection(match, request.path, request.budget, request.env);
  if (match.kind === 'wildcard') return matchesSection(match, single, request.budget, request.env);
  return isBelow(single, match.text);
}

/** `/a` has `/a` and `/a/b` below it, and not `/ab`; `/a/` has not `/a`. */
function isBelow(path: string, location: string): boolean {
  if (!path.startsWith(location)) return false;
  return location === '' || location.endsWith('/') || path.length === location.length || path[location.length] === '/';
}

function singleSlashes(path: string): string {
  return path.includes('//') ? path.replaceAll(/\/{2,}/g, '/') : path;
}
