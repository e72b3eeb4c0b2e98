/** Which markers a write would add to one file; the file is only read. */
import type { Marker } from '../../shared/calls/markers.ts';
import type { FieldChange } from '../../shared/calls/write.ts';
import { UserError } from '../../shared/errors.ts';
import type { AudioFormat } from '../../shared/types.ts';
import { preciseClock } from '../../shared/units.ts';
import { readCuePoints } from '../decode/cue-points.ts';
import { byteReader } from '../files/byte-reader.ts';
import { mayBeReplaced } from './atomic-write.ts';
import { cannotEdit, type Container, type MarkerInFile } from './container.ts';
import { containerOf } from './containers.ts';
import type { HeldFile } from './open-file.ts';
import { formatOf, planHeld } from './plan-file.ts';
import type { PlannedFile, WantedMarkers } from './protocol.ts';
import { changesNothing, expectSound, splicedSize } from './splice.ts';

/** What else there is, at the end of sentences about files that cannot be written. */
const INSTEAD = 'You can export the places as a list with “earmark cut --list”.';

/** Never rejects for what is the file's fault: that is a plan with a reason. */
export function planMarkers(wanted: WantedMarkers): Promise<PlannedFile> {
  return planHeld(wanted, async (file, found) => {
    const format = await formatOf(file);
    found(format);
    const container = markerContainer(format);
    if (wanted.markers.length === 0) return same(wanted, format, 'Nothing in this file matches the search.');
    const { sampleRate, numberOfSamples, points } = await readCuePoints(byteReader(file.handle, file.size));
    if (sampleRate === 0) throw cannotEdit(`The file does not state its sample rate. ${INSTEAD}`);
    const markers: MarkerInFile[] = [];
    for (const marker of wanted.markers) {
      const placed = inSamples(marker, sampleRate, numberOfSamples);
      if (![...points, ...markers].some((other) => isSame(other, placed))) markers.push(placed);
    }
    if (markers.length === 0) return same(wanted, format, '');
    await expectWritable(file, container, markers);
    const changes = markers.map((marker) => changeOf(marker, sampleRate));
    const plan = { fileId: wanted.fileId, path: wanted.path, format, reason: '', state: 'change', changes } as const;
    return { plan, edits: [], markers, snapshot: file.snapshot };
  });
}

/** What cannot be written is found out now, not half way through a thousand files. */
async function expectWritable(file: HeldFile, container: MarkerContainer, markers: MarkerInFile[]): Promise<void> {
  const parts = await container.addMarkers(file, markers);
  if (changesNothing(parts, file.size)) throw new Error('markers that change nothing');
  await container.read(file); // as the verification of the write will
  await expectSound(container.payload(file));
  await mayBeReplaced(file, splicedSize(parts), INSTEAD);
}

type MarkerContainer = Container & Required<Pick<Container, 'addMarkers'>>;

const FORMAT_NAMES: Readonly<Partial<Record<AudioFormat, string>>> = {
  w64: 'Sony Wave64',
  aiff: 'AIFF',
  flac: 'FLAC',
  mp3: 'MP3',
  ogg: 'Ogg Vorbis',
  opus: 'Opus',
  m4a: 'M4A',
  aac: 'AAC',
  wma: 'Windows Media',
  wavpack: 'WavPack',
  caf: 'CAF',
};

/** @throws UserError unsupported-format, which names the format and the next step */
function markerContainer(format: AudioFormat): MarkerContainer {
  const container = containerOf(format);
  if (container?.addMarkers !== undefined) return container as MarkerContainer;
  const name = FORMAT_NAMES[format] ?? 'this format';
  throw new UserError('unsupported-format', `Earmark writes markers into WAV and RF64 files, not into ${name}. Convert a copy to WAV, or export the places as a list with “earmark cut --list”.`); // prettier-ignore
}

/** The nearest samples, within the sound. @param total 0: unknown, and left to the editor */
function inSamples({ startSeconds, endSeconds, label }: Marker, sampleRate: number, total: number): MarkerInFile {
  const last = total > 0 ? total : Infinity;
  const startSample = Math.round(startSeconds * sampleRate);
  if (startSample >= last) throw cannotEdit(`A marker lies behind the end of the file. ${INSTEAD}`);
  const end = endSeconds === null ? startSample : Math.min(last, Math.round(endSeconds * sampleRate));
  const text = label.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim(); // prettier-ignore
  return { startSample, lengthSamples: Math.max(0, end - startSample), label: text };
}

function isSame(one: MarkerInFile, other: MarkerInFile): boolean {
  return one.startSample === other.startSample && one.lengthSamples === other.lengthSamples && one.label === other.label; // prettier-ignore
}

/** `0:45.000–0:47.500 dog bark` */
function changeOf({ startSample, lengthSamples, label }: MarkerInFile, sampleRate: number): FieldChange {
  const clock = (sample: number) => preciseClock(sample / sampleRate);
  const place = lengthSamples > 0 ? `${clock(startSample)}–${clock(startSample + lengthSamples)}` : clock(startSample);
  const after = `${place} ${label}`.trim();
  return { field: 'marker', nativeId: 'cue ', before: null, after, mode: 'append', note: '' };
}

function same({ fileId, path }: WantedMarkers, format: AudioFormat, reason: string): PlannedFile {
  return { plan: { fileId, path, format, reason, state: 'same', changes: [] }, edits: [], snapshot: null };
}
