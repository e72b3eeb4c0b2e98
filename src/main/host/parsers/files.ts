/** Parsers of the calls about files, lists, stars, collections and searches that are kept. */
import { z } from 'zod';
import { FILE_ORDERS, type FileCalls } from '../../../shared/calls/files.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { FIELD_CHECKS } from '../../../shared/query/filters.ts';
import { isAbsoluteFolder } from '../../catalogue/queries/folder-filter.ts';
import { searchQuery } from './search.ts';

/** More than any library has: what is longer is a mistake. */
const MAX_FILES = 2_000_000;
const MAX_ROWS = 1000;
const MAX_WAVEFORMS = 200;

const id = z.number().int().positive();
const fileIds = z.array(id).max(MAX_FILES);
const name = z.string().max(200);
const nothing = z.null();

const fileList = z.strictObject({
  rootId: id.exactOptional(),
  folder: z.string().max(32_768).refine(isAbsoluteFolder, 'must be a full path, such as /Sounds/Doors').exactOptional(), // prettier-ignore
  collectionId: FIELD_CHECKS.collectionId,
  favourite: FIELD_CHECKS.favourite,
  minStars: FIELD_CHECKS.minStars,
  filters: z.strictObject(FIELD_CHECKS).exactOptional(),
});
const folder = z.strictObject({ rootId: id, folder: z.string().max(32_768) }).nullable();
const MAX_COLLECTIONS = 100_000;
const eachOnce = z.array(id).max(MAX_COLLECTIONS).refine((ids) => new Set(ids).size === ids.length, 'must name each once'); // prettier-ignore
const listRequest = z.strictObject({ of: fileList, order: z.enum(FILE_ORDERS), descending: z.boolean() });
const favourite = z.strictObject({ fileIds, favourite: z.boolean() });
const stars = z.strictObject({ fileIds, stars: z.number().int().min(0).max(5) });
const newCollection = z.strictObject({ name });
const renamed = z.strictObject({ id, name });
const restored = z.strictObject({ name, fileIds });
const members = z.strictObject({ id, fileIds });
const savedSearch = z.strictObject({ name, query: searchQuery, shared: z.boolean().exactOptional() });

export const fileParsers: Pick<Parsers, keyof FileCalls> = {
  'file.get': id,
  'file.rows': z.array(id).max(MAX_ROWS),
  'file.list': listRequest,
  'file.folders': folder,
  'file.waveforms': z.array(id).max(MAX_WAVEFORMS),
  'favourite.set': favourite,
  'stars.set': stars,
  'collection.list': nothing,
  'collection.arrange': eachOnce,
  'collection.create': newCollection,
  'collection.rename': renamed,
  'collection.remove': id,
  'collection.restore': restored,
  'collection.add': members,
  'collection.take': members,
  'savedSearch.list': nothing,
  'savedSearch.save': savedSearch,
  'savedSearch.remove': id,
};
