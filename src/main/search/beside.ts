/** The second model of a query: the one it names, or that of the setting `alsoModel`. */
import { UserError, type ErrorCode } from '../../shared/errors.ts';
import type { SearchQuery, SearchResult } from '../../shared/types.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { queryWindows, type QueryEncoders } from './locate-match.ts';
import { besideNotIndexed, isInUse } from './notices.ts';
import type { Beside, Search } from './search.ts';

export interface SecondModelAccess {
  /** Pack id of the setting `alsoModel`; null: searches have one model. */
  readonly alsoModel: string | null;
  /** Holds a second model while the work runs. @throws UserError model-missing, model-damaged */
  withSecondModel<T>(wanted: string, work: (encoders: QueryEncoders) => Promise<T>): Promise<T>;
}

/** What is asked beside the model in use. */
export interface Company {
  /** null: nothing. */
  beside: Beside | null;
  /** Why the second model of the settings does not answer, a sentence; null when it does, or there is none. */
  notice: string | null;
}

const ALONE: Company = { beside: null, notice: null };
/** With these of the second model of the settings, searches go on without it: it must not take away what the first one finds. */
const GOES_ON_AFTER: readonly ErrorCode[] = ['model-missing', 'model-damaged', 'model-unusable', 'nothing-indexed'];

/**
 * @param first that of the model in use
 * @throws UserError of a second model that the query itself names: model-missing, model-damaged, nothing-indexed (it has
 *   analysed no file), bad-input (it is the model in use); what `work` throws
 */
export async function withCompany<T>(
  query: SearchQuery,
  first: Search,
  catalogue: Catalogue | null,
  access: SecondModelAccess,
  work: (company: Company) => Promise<T>,
): Promise<T> {
  const isNamed = query.alsoModel !== undefined;
  const wanted = isNamed ? query.alsoModel! : access.alsoModel;
  if (wanted === null) return work(ALONE);
  const state = { begun: false };
  try {
    return await access.withSecondModel(wanted, async (encoders) => {
      const company = await companyOf(query, first, catalogue, encoders, isNamed);
      state.begun = true;
      return work(company);
    });
  } catch (error) {
    if (state.begun || isNamed || !(error instanceof UserError) || !GOES_ON_AFTER.includes(error.code)) throw error;
    return work({ beside: null, notice: `Searched with “${first.model}” alone. ${error.userMessage}` });
  }
}

/** The result as it is, and why the second model has not answered. */
export function withNotice(result: SearchResult, { notice }: Company): SearchResult {
  return notice === null ? result : { ...result, notices: [notice, ...result.notices] };
}

async function companyOf(
  query: SearchQuery,
  first: Search,
  catalogue: Catalogue | null,
  encoders: QueryEncoders,
  isNamed: boolean,
): Promise<Company> {
  const { id } = await encoders.model.pack();
  if (id === first.model) {
    if (!isNamed) return ALONE;
    throw isInUse(id);
  }
  const search = await encoders.model.search();
  if (search.analysed === 0) throw besideNotIndexed(id);
  return { beside: { search, references: await queryWindows(query, encoders, catalogue) }, notice: null };
}
