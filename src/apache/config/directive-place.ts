// Whether a directive may stand where it stands, in Apache's words.
import type { AnyDirective, DirectiveContext, ForbiddenPlace } from '../module/directive.ts';
import type { OverrideClass, OverrideGrant } from '../module/override-grant.ts';
import type { VirtualHost } from './virtual-host.ts';

/** Where it stands. */
export interface DirectivePlace {
  readonly host: VirtualHost;
  readonly path: string | undefined;
  /** Names of the sections around, the innermost last. */
  readonly sections: readonly string[];
  /** The section right around, as it was written; undefined at the level of the file. */
  readonly parent: string | undefined;
  readonly htaccess: OverrideGrant | undefined;
  readonly isLimited: boolean;
}

/** What is asked of a directive. */
interface Placeable {
  readonly name: string;
  readonly contexts: readonly DirectiveContext[];
  readonly override?: readonly OverrideClass[];
}

/** Sections whose directives are about some requests of a server. */
const DIRECTORY_SECTION = /^<(?:directory|location|files|if|elseif|else|proxy)(?:match)?$/i;

const SECTIONS: Readonly<Record<'Directory' | 'Location' | 'Files' | 'If', RegExp>> = {
  Directory: /^<directory(?:match)?$/i,
  Location: /^<location(?:match)?$/i,
  Files: /^<files(?:match)?$/i,
  If: /^<(?:if|elseif|else)$/i,
};

function isGranted(directive: Placeable, grant: OverrideGrant): boolean {
  if (grant.list?.has(directive.name.toLowerCase()) === true) return true;
  if (!directive.contexts.includes('htaccess')) return false;
  const classes = directive.override ?? ['any'];
  return classes.some((name) => (name === 'any' ? grant.classes.size > 0 : grant.classes.has(name)));
}

/** Within a group of Require lines only what is of their kind may stand. */
function mayStandAmongRequire({ contexts, override }: Placeable): boolean {
  const classes = contexts.includes('htaccess') ? (override ?? ['any']) : [];
  return classes.some((name) => name === 'AuthConfig' || name === 'any');
}

function mayStand(directive: Placeable, { path, sections, htaccess }: DirectivePlace): boolean {
  if (sections.some((section) => section.startsWith('<Require')) && !mayStandAmongRequire(directive)) return false;
  if (htaccess !== undefined) return isGranted(directive, htaccess);
  const isInDirectory = path !== undefined || sections.some((section) => DIRECTORY_SECTION.test(section));
  return directive.contexts.includes(isInDirectory ? 'directory' : 'server');
}

/** `forbidden`: what AllowOverride forbids, and Nonfatal may forgive. */
export type PlaceComplaint = { readonly message: string } | undefined;

/** Whether the contexts of a directive, or AllowOverride, let it stand there. */
export function checkContext(directive: Placeable, place: DirectivePlace): PlaceComplaint {
  const { name } = directive;
  if (mayStand(directive, place)) return undefined;
  const where = place.parent === undefined ? 'here' : `in ${place.parent}> context`;
  return { message: `${name} not allowed ${where}` };
}

function forbiddenWords(forbidden: ForbiddenPlace, place: DirectivePlace): string | undefined {
  switch (forbidden) {
    case 'VirtualHost': {
      return place.host.isMain ? undefined : '<VirtualHost> section';
    }
    case 'Limit': {
      return place.isLimited ? '<Limit> or <LimitExcept> section' : undefined;
    }
    case 'htaccess': {
      return place.htaccess === undefined ? undefined : 'htaccess files';
    }
    default: {
      const found = place.sections.findLast((section) => SECTIONS[forbidden].test(section));
      return found === undefined ? undefined : `${found}> section`;
    }
  }
}

/** Whether the directive itself has something against the place. Apache asks after it has looked at the arguments. */
export function checkForbidden(directive: AnyDirective<never, never>, place: DirectivePlace): PlaceComplaint {
  const forbidden = [
    ...(directive.virtualHost === false ? (['VirtualHost'] as const) : []),
    ...(directive.forbidden ?? []),
  ];
  for (const one of forbidden) {
    const words = forbiddenWords(one, place);
    const bracket = directive.name.startsWith('<') ? '>' : '';
    if (words !== undefined) return { message: `${directive.name}${bracket} cannot occur within ${words}` };
  }
  return undefined;
}
