/**
 * Name of the field of provenance.ts among a file's tags; a record for Earmark itself, no words to find the file by. Apart,
 * so that processes that only know the name do not load what checks the content.
 */
export const PROVENANCE_FIELD = 'provenance';
