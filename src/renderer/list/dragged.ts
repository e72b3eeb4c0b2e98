/** Files on their way from a row to another place of the window. */
import type { DraggedRegion } from '../client/host.ts';

/** In a browser they are carried by the drag itself; on the desktop the system's drag carries their paths. */
const FILES = 'application/x-earmark-files';

/** A part of a file, dragged within the window. */
const REGION = 'application/x-earmark-region';

export function carryRegion(transfer: DataTransfer, region: DraggedRegion): void {
  transfer.setData(REGION, JSON.stringify(region));
  transfer.effectAllowed = 'copy';
}

export function mayCarryRegion(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes(REGION) === true;
}

/** @returns null for anything else */
export function droppedRegion(transfer: DataTransfer | null): DraggedRegion | null {
  const carried = transfer?.getData(REGION) ?? '';
  return carried === '' ? null : (JSON.parse(carried) as DraggedRegion);
}

/** What the system's drag was given last. */
let outside: { paths: readonly string[]; fileIds: readonly number[] } = { paths: [], fileIds: [] };

/** The system's own drag takes over with these. */
export function noteDragOut(paths: readonly string[], fileIds: readonly number[]): void {
  outside = { paths, fileIds };
}

export function carry(transfer: DataTransfer, fileIds: readonly number[]): void {
  transfer.setData(FILES, JSON.stringify(fileIds));
  transfer.effectAllowed = 'copy';
}

/** Whether files may be in it: what they are is not told before they are dropped. */
export function mayCarryFiles(transfer: DataTransfer | null): boolean {
  return transfer !== null && (transfer.types.includes(FILES) || transfer.types.includes('Files'));
}

/**
 * @param pathOf of something dropped from outside; null where nobody knows
 * @returns ids of the files of the library that were dropped; none when these are not from a row
 */
export function droppedFiles(transfer: DataTransfer, pathOf: ((file: File) => string) | null): readonly number[] {
  const carried = transfer.getData(FILES);
  if (carried !== '') return JSON.parse(carried) as number[];
  const paths = pathOf === null ? [] : [...transfer.files].map(pathOf);
  const isOurs = paths.length > 0 && paths.every((path) => outside.paths.includes(path));
  return isOurs ? outside.fileIds.filter((_, at) => paths.includes(outside.paths[at]!)) : [];
}
