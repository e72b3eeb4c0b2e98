/** The calls about markers. */
import type { MarkerCalls } from '../../shared/calls/markers.ts';
import type { Engine } from '../../shared/contract.ts';
import type { OpenCatalogue } from '../playback/catalogued-sound.ts';
import { fileMarkers } from '../playback/file-markers.ts';
import type { Writing } from '../writeback/writing.ts';

/** @param recovered when what a killed program left is in order; plans wait for that */
export function markerCalls(
  catalogue: OpenCatalogue,
  writing: Pick<Writing, 'planMarkers'>,
  recovered: Promise<void>,
): Pick<Engine, keyof MarkerCalls> {
  return {
    'file.markers': (fileId) => fileMarkers(catalogue, fileId),
    'markers.plan': (request) => recovered.then(() => writing.planMarkers(request)),
  };
}
