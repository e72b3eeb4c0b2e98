/** What a write would do to one file; the file is only read. */
import type { AudioFormat } from '../../shared/types.ts';
import { UserError } from '../../shared/errors.ts';
import { isFactField, type FactField, type FieldChange } from '../../shared/calls/write.ts';
import { byteReader } from '../files/byte-reader.ts';
import { sniff } from '../decode/sniff.ts';
import { notes } from '../text/ascii.ts';
import { INSTEAD, mayBeReplaced } from './atomic-write.ts';
import type { Container, FieldEdit, HiddenField, StoredField } from './container.ts';
import { containerOf } from './containers.ts';
import { sentenceAbout } from './file-sentence.ts';
import { decide, modeFor } from './field-values.ts';
import { TakeOver } from './hidden/take-over.ts';
import { openFile, type HeldFile } from './open-file.ts';
import type { PlannedFile, WantedFile } from './protocol.ts';
import { parseProvenance, provenanceText, type Wrote } from '../text/provenance.ts';
import { changesNothing, expectSound, splicedSize } from './splice.ts';

/** How formats are called in sentences. */
const FORMAT_NAMES: Readonly<Partial<Record<AudioFormat, string>>> = {
  w64: 'Sony Wave64',
  wavpack: 'WavPack',
  wma: 'Windows Media',
  aac: 'plain AAC',
};

/** Never rejects for what is the file's fault: that is a plan with a reason. */
export function planFile(wanted: WantedFile): Promise<PlannedFile> {
  return planHeld(wanted, async (file, found) => {
    const { container, format } = await containerFor(file);
    found(format);
    return planOpen(wanted, file, container, format);
  });
}

/**
 * @param wanted as the catalogue knows it
 * @param plan is given the file, and says as soon as it knows what format it has found; the file is refused for what it throws
 */
export async function planHeld(
  wanted: Pick<WantedFile, 'fileId' | 'path' | 'size' | 'mtimeMs'>,
  plan: (file: HeldFile, found: (format: AudioFormat) => void) => Promise<PlannedFile>,
): Promise<PlannedFile> {
  const { fileId, path } = wanted;
  let format: AudioFormat = 'other';
  try {
    const file = await openFile(path);
    try {
      if (file.size !== wanted.size || file.mtimeMs !== wanted.mtimeMs) {
        const sentence = 'The file has changed since it was analysed. Rescan its folder first.';
        throw new UserError('changed-while-reading', sentence);
      }
      return await plan(file, (known) => (format = known));
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = sentenceAbout(error);
    return { plan: { fileId, path, format, state: 'refused', reason, changes: [] }, edits: [], snapshot: null };
  }
}

/** By its content. @throws UserError not-audio */
export async function formatOf(file: HeldFile): Promise<AudioFormat> {
  const sniffed = await sniff(byteReader(file.handle, file.size));
  if (!sniffed) throw new UserError('not-audio', 'The content is not a supported audio format.');
  return sniffed.format;
}

/** @throws UserError when there is no way to write into it */
export async function containerFor(file: HeldFile): Promise<{ container: Container; format: AudioFormat }> {
  const format = await formatOf(file);
  const container = containerOf(format);
  if (container) return { container, format };
  const name = FORMAT_NAMES[format];
  const which = name === undefined ? 'files of this kind' : `${name} files`;
  throw new UserError('unsupported-format', `Earmark does not write tags into ${which}. ${INSTEAD}`);
}

async function planOpen(
  wanted: WantedFile,
  file: HeldFile,
  container: Container,
  format: AudioFormat,
): Promise<PlannedFile> {
  const plan = { fileId: wanted.fileId, path: wanted.path, format, reason: '' };
  const { changes, edits } = changesOf(
    wanted,
    container,
    await container.read(file),
    (await container.hiding?.hidden(file)) ?? [],
  );
  const hasFact = wanted.fields.some(({ field, values }) => isFactField(field) && values?.length !== 0);
  const reason = wanted.by.labels.length > 0 || hasFact ? '' : 'No accepted tag of this file is for this profile.';
  const same: PlannedFile = { plan: { ...plan, reason, state: 'same', changes: [] }, edits: [], snapshot: null };
  if (changes.length === 0) return same;
  // What cannot be written is found out now, not half way through a thousand files.
  const parts = await container.edit(file, edits);
  if (changesNothing(parts, file.size)) return same;
  await expectSound(container.payload(file));
  await mayBeReplaced(file, splicedSize(parts));
  return { plan: { ...plan, state: 'change', changes }, edits, snapshot: file.snapshot };
}

function changesOf(
  { fields, by }: WantedFile,
  container: Container,
  found: readonly StoredField[],
  hidden: readonly HiddenField[],
): { changes: FieldChange[]; edits: FieldEdit[] } {
  const changes: FieldChange[] = [];
  const edits: FieldEdit[] = [];
  const isMeasured = (field: string): field is FactField => isFactField(field) && by.measured.includes(field);
  const valuesAt = (id: string) => found.filter(({ nativeId, value }) => nativeId === id && value !== '').map(({ value }) => value); // prettier-ignore
  const [place] = container.places('provenance', found);
  const provenance = place === undefined ? undefined : valuesAt(place)[0];
  const before = parseProvenance(provenance);
  // What other profiles wrote stays ours; what this one is about is decided anew.
  const wrote = new Map(Object.entries(before?.wrote ?? {}));
  const measured = new Set(
    (before?.measured ?? []).filter((one) => !fields.some(({ field, values }) => field === one && values !== null)),
  );
  const takeOver = new TakeOver(container.hiding, found, hidden, before?.wrote ?? {});
  for (const { field, mode: asked, values } of fields) {
    if (values === null) continue;
    for (const nativeId of container.places(field, found)) {
      const mode = modeFor(field, nativeId, asked);
      const there = valuesAt(nativeId);
      const behind = there.length === 0 ? takeOver.at(nativeId) : [];
      const existing = there.length === 0 ? behind : there;
      const earlier = before?.wrote[nativeId] ?? [];
      const { after, ours, note } = decide(field, nativeId, mode, container, { existing, earlier, wanted: values });
      if (ours.length > 0) wrote.set(nativeId, ours);
      else wrote.delete(nativeId);
      if (ours.length > 0 && isMeasured(field)) measured.add(field);
      if (same(existing, after)) continue;
      edits.push({ nativeId, values: after });
      const taken = behind.length > 0 && mode !== 'replace' ? takeOver.note(nativeId) : '';
      changes.push({ field, nativeId, before: shown(there), after: shown(after), mode, note: notes(note, taken) });
    }
  }
  const rest = takeOver.rest(edits, (nativeId) => container.isList(nativeId));
  edits.push(...rest.edits);
  changes.push(...rest.changes);
  const isRecorded = JSON.stringify(sorted(before?.wrote ?? {})) === JSON.stringify(sorted(Object.fromEntries(wrote)));
  if (place !== undefined && (changes.length > 0 || !isRecorded)) {
    const record = { ...by, measured: [...measured], wrote: Object.fromEntries(wrote) };
    const text = wrote.size === 0 ? null : container.fit(place, provenanceText(record)).value;
    if (text !== (provenance ?? null)) {
      edits.push({ nativeId: place, values: text === null ? [] : [text] });
      const change = { nativeId: place, before: provenance ?? null, after: text, mode: 'replace', note: '' } as const;
      changes.push({ field: 'provenance', ...change });
    }
  }
  return { changes, edits };
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

function shown(values: readonly string[]): string | null {
  return values.length === 0 ? null : values.join('; ');
}

function sorted(wrote: Wrote): [string, string[]][] {
  return Object.entries(wrote).sort(([a], [b]) => (a < b ? -1 : 1));
}
