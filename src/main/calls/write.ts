/** The calls about write-back. */
import type { WriteCalls } from '../../shared/calls/write.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { ExportCallName } from './export.ts';

export function writeCalls(): Pick<Engine, Exclude<keyof WriteCalls, ExportCallName>> {
  const later = () => Promise.reject(new UserError('bad-input', 'This comes with the next commit.'));
  return {
    'write.profiles': later,
    'write.saveProfile': later,
    'write.removeProfile': later,
    'write.plan': later,
    'write.planned': later,
    'write.planFiles': later,
    'write.start': later,
    'write.wait': later,
    'write.runs': later,
    'write.runFiles': later,
    'write.undo': later,
  };
}
