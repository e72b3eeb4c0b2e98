/** Facts with their sources, in sentences. */
import { FACTS, isUncertain, type Evidence, type Fact, type FactName, type FactSource } from '../../shared/facts.ts';
import { camelot, parseKey } from '../../shared/music.ts';

const SOURCES: Readonly<Record<FactSource, string>> = {
  you: 'set by you',
  file: 'from its tags',
  name: 'from its name',
  sound: 'from the sound',
};

/** `126 BPM`, `perhaps 126 BPM` where it is uncertain, `Am · 8A`, `none` */
export function factValue(name: FactName, evidence: Evidence): string {
  const { value } = evidence;
  if (isUncertain(evidence)) return `perhaps ${factValue(name, { ...evidence, confidence: 1 })}`;
  if (value === null) return name === 'kind' ? 'not sure' : 'none';
  if (name === 'bpm') return `${value} BPM`;
  return name === 'key' ? `${value} · ${camelot(parseKey(String(value))!)}` : String(value);
}

/** `from the sound, 82 %`, and what says otherwise. @returns '' where there is nothing to say */
export function factSource(name: FactName, fact: Fact): string {
  if (fact.from === 'sound' && fact.value === null && !fact.others) return '';
  const certainty = fact.from === 'sound' && fact.value !== null ? `, ${Math.round(100 * fact.confidence)} %` : '';
  const others = (fact.others ?? []).map((other) => `${factValue(name, other)} ${SOURCES[other.from]}`);
  return `${SOURCES[fact.from]}${certainty}${others.length > 0 ? `; ${others.join(', ')}` : ''}`;
}

/** What the field for a correction takes. */
export function factHint(name: FactName): string {
  return `${FACTS[name].forms}, or none. Leave empty to remove the correction.`;
}
