/** `earmark facts`: what is known of files, from which source, and corrections by the user. */
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { FileFacts } from '../../../shared/calls/facts.ts';
import { FACT_NAMES, FACTS, MEASURED, parseFact, type Evidence, type Fact, type FactName, type MeasuredName } from '../../../shared/facts.ts'; // prettier-ignore
import { camelot, parseKey } from '../../../shared/music.ts';
import { signalInWords, type SignalFigures } from '../../../shared/signal.ts';
import type { RunCommand } from './command.ts';
import { columns, printable } from './format.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { idOfFile } from './selection.ts';

const HELP = `
Sources, the first that says anything counts: you (--set), the file's tags and chunks, its name, the sound.
A fact that does not apply has the value null: a door has no key.

JSON: {"items": [{"path", "facts": {"kind", "bpm", "key", "root", "lufs", "range", "peak", "truePeak", "clipped",
"dcOffset", "width", "correlation", "deadChannels", "silentHead", "silentTail", "bandwidth", "cutoff":
{"value", "confidence", "from", "others"?: […]} | null}}], "failed": [{"path", "code", "message"}]}`;

interface Correction {
  fact: FactName;
  /** null: take it back. */
  value: string | null;
}

export function registerFacts(program: Command, run: RunCommand): void {
  program
    .command('facts')
    .description('show kind, tempo, key, root note, levels and signal of files, indexed or not')
    .argument('<files...>', 'audio files')
    .option('--set <fact=value>', 'correct a fact: bpm=128, key=Am, root=C3, kind=loop, key=none (repeatable)', setting, [])
    .option('--clear <fact>', 'remove a correction (repeatable)', clearing, [])
    .addHelpText('after', HELP)
    .action((files: string[], { set, clear }: { set: Correction[]; clear: Correction[] }) =>
      run(async ({ client, json }) => {
        const corrections = [...set, ...clear];
        if (corrections.length > 0) {
          const fileIds: number[] = [];
          for (const file of files) fileIds.push(await idOfFile(client, file));
          for (const correction of corrections) await client.call('fact.set', { fileIds, ...correction });
        }
        const found = await client.call('fact.of', { paths: files.map((file) => resolve(file)) });
        if (json) await printJson(found);
        else await printOut([...found.items.flatMap(factLines), ...found.failed.map(({ message }) => `failed  ${printable(message)}`)].join('\n')); // prettier-ignore
        return found.failed.length > 0 ? EXIT.partly : EXIT.ok;
      }),
    );
} // prettier-ignore

function factOf(name: string): FactName {
  const fact = FACT_NAMES.find((known) => known === name);
  if (!fact) throw new InvalidArgumentError(`Use one of ${FACT_NAMES.join(', ')}.`);
  return fact;
}

function setting(text: string, before: Correction[]): Correction[] {
  const [name = '', value = ''] = text.split('=', 2);
  const fact = factOf(name.trim());
  if (parseFact(fact, value) === null) throw new InvalidArgumentError(`Use ${FACTS[fact].forms}, or none.`);
  return [...before, { fact, value: value.trim() }];
}

function clearing(name: string, before: Correction[]): Correction[] {
  return [...before, { fact: factOf(name), value: null }];
}

/** One file for a human: its path, and a line a fact. */
export function factLines({ path, facts }: FileFacts): string[] {
  const rows = FACT_NAMES.map((fact) => ['', FACTS[fact].name, shown(fact, facts[fact]), source(facts[fact])]);
  const levels = [
    ['', 'Loudness', level(facts.lufs, 'LUFS', 'too short or silent'), ''],
    ['', 'Peak', level(facts.peak, 'dB', 'silent'), ''],
    ['', 'Clipping', level(facts.clipped, 'samples', '–'), ''],
    ...signalInWords(signalOf(facts)).map(({ name, value }) => ['', name, value, '']),
  ];
  return [printable(path), ...columns([...rows, ...levels]), ''];
}

function signalOf(facts: FileFacts['facts']): SignalFigures {
  const names = Object.keys(MEASURED) as MeasuredName[];
  return Object.fromEntries(names.map((name) => [MEASURED[name], facts[name]?.value ?? null]));
}

function shown(name: FactName, fact: Fact | Evidence | null): string {
  if (!fact) return 'not analysed yet';
  if (fact.value === null) return name === 'kind' ? 'not sure' : 'none';
  if (name === 'bpm') return `${fact.value} BPM`;
  return name === 'key' ? `${fact.value} (${camelot(parseKey(String(fact.value))!)})` : String(fact.value);
}

function source(fact: Fact | null): string {
  if (!fact || (fact.from === 'sound' && fact.value === null)) return '';
  const others = (fact.others ?? []).map((other) => `${WORDS[other.from]}: ${other.value ?? 'none'}`);
  const sure = fact.from === 'sound' ? `, ${Math.round(100 * fact.confidence)} %` : '';
  return `${WORDS[fact.from]}${sure}${others.length > 0 ? `; but ${others.join(', ')}` : ''}`;
}

const WORDS = { you: 'you', file: 'tags', name: 'name', sound: 'sound' } as const;

function level(fact: Fact | null, unit: string, absent: string): string {
  return typeof fact?.value === 'number' ? `${fact.value} ${unit}` : absent;
}
