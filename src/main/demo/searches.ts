/** Sentences to try on the demo library, and what they should find. */

export interface DemoSearch {
  /** As a person would type it. */
  readonly query: string;
  /** File names, any of which is a right first answer. */
  readonly expected: readonly string[];
}

export const DEMO_SEARCHES: readonly DemoSearch[] = [
  { query: 'a dog barking', expected: ['ANMLDog_Barking_Yard_01.wav', 'garden_afternoon_long.flac'] },
  { query: 'heavy rain', expected: ['RAIN Heavy Downpour ST.wav', 'rain-on-roof.mp3'] },
  { query: 'waves breaking on the shore', expected: ['OCEAN-WAVES-beach.opus'] },
  { query: 'a helicopter flying overhead', expected: ['take_017.wav'] },
  { query: 'church bell', expected: ['take_018.wav'] },
  { query: 'an audience claps', expected: ['REC0042.mp3'] },
  { query: 'crackling camp fire', expected: ['campfire_crackling.wav'] },
  { query: 'somebody knocks at the door', expected: ['DOORWood_knock_04.wav'] },
  { query: 'ticking clock', expected: ['clock_tick_mantel.wav'] },
  { query: 'birds singing in the woods', expected: ['amb_forest_birds.ogg'] },
];
