/** The calls about vocabularies and tags. */
import type { TagCalls } from '../../shared/calls/tags.ts';
import type { VocabularyCalls } from '../../shared/calls/vocabularies.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';

export function tagCalls(): Pick<Engine, keyof TagCalls | keyof VocabularyCalls> {
  const later = () => Promise.reject(new UserError('bad-input', 'This comes with the next commit.'));
  return {
    'vocabulary.list': later,
    'vocabulary.get': later,
    'vocabulary.save': later,
    'vocabulary.remove': later,
    'vocabulary.import': later,
    'vocabulary.export': later,
    'tag.score': later,
    'tag.wait': later,
    'tag.list': later,
    'tag.files': later,
    'tag.ofFiles': later,
    'tag.why': later,
    'tag.windows': later,
    'tag.ofLabel': later,
    'tag.decide': later,
    'tag.forecast': later,
    'tag.acceptAll': later,
    'tag.undo': later,
    'tag.make': later,
    'tag.taught': later,
    'tag.useTaught': later,
    'tag.exportTaught': later,
    'tag.importTaught': later,
  };
}
