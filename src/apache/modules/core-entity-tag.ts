// FileETag.
import { splitWords } from '../syntax/words.ts';
import { NO_ENTITY_TAG_RULE, mergeEntityTagRules, parseEntityTagRule } from '../content/entity-tag.ts';
import type { EntityTagRule } from '../content/entity-tag.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';

interface CoreEntityTag {
  rule: EntityTagRule;
}

export const coreEntityTag: ApacheModule<null, CoreEntityTag> = defineModule<null, CoreEntityTag>({
  name: 'core.c',
  identifier: 'core_module',
  createDirectory: () => ({ rule: NO_ENTITY_TAG_RULE }),
  mergeDirectory: (base, over) => ({ rule: mergeEntityTagRules(base.rule, over.rule) }),
  directives: [
    defineDirective({
      name: 'FileETag',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      tier: 1,
      arguments: 'raw',
      usage: "Specify components used to construct a file's ETag",
      summary:
        'what the entity tag of a file is made of: INode, MTime, Size, Digest, All or None, each with + or - as well',
      apply: ({ words, directory }) => {
        directory.rule = parseEntityTagRule(splitWords(words[0] ?? ''), directory.rule);
      },
    }),
  ],
});
