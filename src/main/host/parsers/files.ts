/** Parsers of the calls about files, lists, stars, collections and searches that are kept. */
import { z } from 'zod';
import { FILE_ORDERS, type FileCalls } from '../../../shared/calls/files.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { isAbsoluteFolder } from '../../search/folder-filter.ts';
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
  folder: z.string().max(32_768).refine(isAbsoluteFolder, 'a whole path is needed, such as /Sounds/Doors').exactOptional(), // prettier-ignore
  collectionId: id.exactOptional(),
  favourite: z.boolean().exactOptional(),
  minStars: z.number().int().min(1).max(5).exactOptional(),
});
const listRequest = z.strictObject({ of: fileList, order: z.enum(FILE_ORDERS), descending: z.boolean() });
const favourite = z.strictObject({ fileIds, favourite: z.boolean() });
const stars = z.strictObject({ fileIds, stars: z.number().int().min(0).max(5) });
const newCollection = z.strictObject({ name });
const renamed = z.strictObject({ id, name });
const restored = z.strictObject({ name, fileIds });
const members = z.strictObject({ id, fileIds });
const savedSearch = z.strictObject({ name, query: searchQuery });

export const fileParsers: Pick<Parsers, keyof FileCalls> = {
  'file.get': (input) => id.parse(input),
  'file.rows': (input) => z.array(id).max(MAX_ROWS).parse(input),
  'file.list': (input) => listRequest.parse(input),
  'file.waveforms': (input) => z.array(id).max(MAX_WAVEFORMS).parse(input),
  'favourite.set': (input) => favourite.parse(input),
  'stars.set': (input) => stars.parse(input),
  'collection.list': (input) => nothing.parse(input),
  'collection.create': (input) => newCollection.parse(input),
  'collection.rename': (input) => renamed.parse(input),
  'collection.remove': (input) => id.parse(input),
  'collection.restore': (input) => restored.parse(input),
  'collection.add': (input) => members.parse(input),
  'collection.take': (input) => members.parse(input),
  'savedSearch.list': (input) => nothing.parse(input),
  'savedSearch.save': (input) => savedSearch.parse(input),
  'savedSearch.remove': (input) => id.parse(input),
};
