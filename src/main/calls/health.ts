/** The calls about what is wrong with files: counted and listed from the catalogue. */
import type { HealthCalls } from '../../shared/calls/health.ts';
import type { Engine } from '../../shared/contract.ts';
import { ISSUE_NAMES } from '../../shared/query/issues.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';

const NOTHING = { files: 0, failed: 0, outdated: 0, issues: ISSUE_NAMES.map((issue) => ({ issue, files: 0 })) };

export function healthCalls(deps: Pick<CatalogueAccess, 'existingCatalogue'>): Pick<Engine, keyof HealthCalls> {
  return {
    async 'health.get'({ folders }) {
      await Promise.resolve();
      const catalogue = deps.existingCatalogue();
      if (!catalogue) return NOTHING;
      return { ...catalogue.health.counts(folders), outdated: catalogue.analysis.count().pending };
    },
    async 'health.list'({ issue, folders }) {
      await Promise.resolve();
      return deps.existingCatalogue()?.health.list(issue, folders) ?? [];
    },
  };
} // prettier-ignore
