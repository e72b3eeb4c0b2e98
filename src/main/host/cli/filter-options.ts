/** The filters as options of the command line, read from the registry of the query language. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import { FILTER_KEYS, type FilterKey, type SearchFilters } from '../../../shared/query/filters.ts';
import { filterOf, formsOf, withValue, type TypedFilters } from '../../../shared/query/values.ts';
import { columns } from './format.ts';

/** What commander has read: fields of filters by the names of their options, and whatever else was asked for. */
export interface FilterOptions {
  offline?: true;
  [option: string]: unknown;
}

/** One each: commander remembers in an option what it was given. */
export function filterOptions(): Option[] {
  return [...FILTER_KEYS.flatMap(optionOf), new Option('--offline', 'also offline files')];
}

export function filtersOf(options: FilterOptions): SearchFilters {
  const given = FILTER_KEYS.flatMap(optionOf).map((option) => options[option.attributeName()]);
  return Object.assign({}, ...given, options.offline && { includeOffline: true }) as SearchFilters;
}

/** The filters among the words, for a command's help. */
export function filterHelp(): string {
  const rows = FILTER_KEYS.map((key) => ['', filterOf(key).help.example, filterOf(key).help.meaning]);
  return `Filters among the words:\n${columns(rows).join('\n')}`;
}

function optionOf(key: FilterKey): Option[] {
  const { option } = filterOf(key);
  if (option === undefined) return [];
  const { flags, meaning, isPath } = option;
  const read = (value: string, before: TypedFilters = {}) => {
    // A folder that is there is meant as a place; anything else is part of a folder's name.
    return parsed(key, isPath && existsSync(value) ? resolve(value) : value, before);
  };
  return [new Option(flags, meaning).argParser(read)];
}

function parsed(key: FilterKey, value: string, before: TypedFilters): TypedFilters {
  try {
    return withValue(before, key, value);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new InvalidArgumentError(`Use ${formsOf(key)}.`);
  }
}
