/** What a write would do to one file; the file is only read. */
import type { AudioFormat } from '../../shared/types.ts';
import { UserError } from '../../shared/errors.ts';
import type { FieldChange } from '../../shared/calls/write.ts';
import { byteReader } from '../decode/byte-reader.ts';
import { sniff } from '../decode/sniff.ts';
import { notes } from './ascii.ts';
import { INSTEAD, mayBeReplaced } from './atomic-write.ts';
import type { Container, FieldEdit, HiddenField, StoredField } from './container.ts';
import { containerOf } from './containers.ts';
import { sentenceAbout } from './file-sentence.ts';
import { decide, modeFor } from './field-values.ts';
import { TakeOver } from './hidden/take-over.ts';
import { openFile, type HeldFile } from './open-file.ts';
import type { PlannedFile, WantedFile } from './protocol.ts';
import { parseProvenance, provenanceText, type Wrote } from './provenance.ts';
import { changesNothing, expectSound, splicedSize } from './splice.ts';

/** How formats are called in sentences. */
const FORMAT_NAMES: Readonly<Partial<Record<AudioFormat, string>>> = {
  w64: 'Sony Wave64',
  wavpack: 'WavPack',
  caf: 'Core Audio',
  wma: 'Windows Media',
  aac: 'plain AAC',
};

/** Never rejects for what is the file's fault: that is a plan with a reason. */
export async function planFile(wanted: WantedFile): Promise<PlannedFile> {
  const { fileId, path } = wanted;
  const plan = { fileId, path, format: 'other' as AudioFormat, reason: '', changes: [] };
  try {
    const file = await openFile(path);
    try {
      if (file.size !== wanted.size || file.mtimeMs !== wanted.mtimeMs) {
        const sentence = 'It has changed since it was listened to. Listen to its folder again first.';
        throw new UserError('changed-while-reading', sentence);
      }
      return await planOpen(wanted, file);
    } finally {
      await file.close();
    }
  } catch (error) {
    return { plan: { ...plan, state: 'refused', reason: sentenceAbout(error) }, edits: [], snapshot: null };
  }
}

/** @throws UserError when there is no way to write into it */
export async function containerFor(file: HeldFile): Promise<{ container: Container; format: AudioFormat }> {
  const sniffed = await sniff(byteReader(file.handle, file.size));
  if (!sniffed) throw new UserError('not-audio', 'What is in it is not audio that Earmark knows.');
  const { format } = sniffed;
  const container = containerOf(format);
  if (container) return { container, format };
  const name = FORMAT_NAMES[format];
  const which = name === undefined ? 'files of this kind' : `${name} files`;
  throw new UserError('unsupported-format', `Earmark does not write tags into ${which}. ${INSTEAD}`);
}

async function planOpen(wanted: WantedFile, file: HeldFile): Promise<PlannedFile> {
  const { container, format } = await containerFor(file);
  const plan = { fileId: wanted.fileId, path: wanted.path, format, reason: '' };
  try {
    const { changes, edits } = changesOf(
      wanted,
      container,
      await container.read(file),
      (await container.hiding?.hidden(file)) ?? [],
    );
    const same: PlannedFile = { plan: { ...plan, state: 'same', changes: [] }, edits: [], snapshot: null };
    if (changes.length === 0) return same;
    // What cannot be written is found out now, not half way through a thousand files.
    const parts = await container.edit(file, edits);
    if (changesNothing(parts, file.size)) return same;
    await expectSound(container.payload(file));
    await mayBeReplaced(file, splicedSize(parts));
    return { plan: { ...plan, state: 'change', changes }, edits, snapshot: file.snapshot };
  } catch (error) {
    return {
      plan: { ...plan, state: 'refused', reason: sentenceAbout(error), changes: [] },
      edits: [],
      snapshot: null,
    };
  }
}

function changesOf(
  { fields, by }: WantedFile,
  container: Container,
  found: readonly StoredField[],
  hidden: readonly HiddenField[],
): { changes: FieldChange[]; edits: FieldEdit[] } {
  const changes: FieldChange[] = [];
  const edits: FieldEdit[] = [];
  const valuesAt = (id: string) => found.filter(({ nativeId, value }) => nativeId === id && value !== '').map(({ value }) => value); // prettier-ignore
  const [place] = container.places('provenance', found);
  const provenance = place === undefined ? undefined : valuesAt(place)[0];
  const before = parseProvenance(provenance);
  // What other profiles wrote stays ours; what this one is about is decided anew.
  const wrote = new Map(Object.entries(before?.wrote ?? {}));
  const takeOver = new TakeOver(container.hiding, found, hidden, before?.wrote ?? {});
  for (const { field, mode: asked, values } of fields) {
    for (const nativeId of container.places(field, found)) {
      const mode = modeFor(nativeId, asked);
      const there = valuesAt(nativeId);
      const behind = there.length === 0 ? takeOver.at(nativeId) : [];
      const existing = there.length === 0 ? behind : there;
      const earlier = before?.wrote[nativeId] ?? [];
      const { after, ours, note } = decide(field, nativeId, mode, container, { existing, earlier, wanted: values });
      if (ours.length > 0) wrote.set(nativeId, ours);
      else wrote.delete(nativeId);
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
    const text =
      wrote.size === 0 ? null : container.fit(place, provenanceText({ ...by, wrote: Object.fromEntries(wrote) })).value;
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
