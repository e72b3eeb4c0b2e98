/** Markers written into one file, and the proof that those it had are all still there: by another reader than the writer's. */
import { readCuePoints, type CuePoint } from '../decode/cue-points.ts';
import { byteReader } from '../files/byte-reader.ts';
import type { Container, MarkerInFile, Part } from './container.ts';
import type { HeldFile } from './open-file.ts';
import { notAsItShould } from './verify.ts';

export interface MarkedFile {
  /** @throws as `Container.edit` */
  add(): Promise<Part[]>;
  /** @throws UserError when the new version has not the old markers and the new ones, in this order */
  check(temp: HeldFile): Promise<void>;
}

/** @param file the old version */
export async function markersBefore(
  file: HeldFile,
  container: Container,
  markers: readonly MarkerInFile[],
): Promise<MarkedFile> {
  const { points: before } = await readCuePoints(byteReader(file.handle, file.size));
  return {
    add: () => container.addMarkers!(file, markers), // the plan made sure that it can
    async check(temp) {
      const { points: now } = await readCuePoints(byteReader(temp.handle, temp.size));
      const old = now.slice(0, before.length);
      if (JSON.stringify(old) !== JSON.stringify(before)) throw notAsItShould('a marker of another program differs');
      if (JSON.stringify(now.slice(before.length).map(plain)) !== JSON.stringify(markers.map(plain))) {
        throw notAsItShould('the markers differ from what was written');
      }
    },
  };
}

function plain({ startSample, lengthSamples, label }: MarkerInFile | CuePoint): MarkerInFile {
  return { startSample, lengthSamples, label };
}
