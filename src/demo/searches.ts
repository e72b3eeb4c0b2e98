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
  // From here on some names say nothing: only the model can find these.
  { query: 'a chainsaw cutting a tree', expected: ['take_017.wav'] },
  { query: 'church bell', expected: ['take_018.wav'] },
  { query: 'breaking glass', expected: ['8f3a21c0.ogg'] },
  { query: 'someone laughing', expected: ['New Recording 12.m4a'] },
  { query: 'crackling camp fire', expected: ['campfire_crackling.wav'] },
  { query: 'somebody knocks at the door', expected: ['DOORWood_knock_04.wav'] },
  { query: 'a cymbal is struck', expected: ['Crash_18in.aiff'] },
  { query: 'birds singing in the woods', expected: ['amb_forest_birds.ogg'] },
];
