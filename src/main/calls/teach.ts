/** The calls about learning from decisions. */
import type { TagCalls } from '../../shared/calls/tags.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';

export type TeachCallName = 'tag.make' | 'tag.taught' | 'tag.useTaught' | 'tag.exportTaught' | 'tag.importTaught';

export function teachCalls(): Pick<Engine, TeachCallName & keyof TagCalls> {
  const later = () => Promise.reject(new UserError('bad-input', 'This comes with the next commit.'));
  return {
    'tag.make': later,
    'tag.taught': later,
    'tag.useTaught': later,
    'tag.exportTaught': later,
    'tag.importTaught': later,
  };
}
