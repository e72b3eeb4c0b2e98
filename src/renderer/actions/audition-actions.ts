/** How what plays is to sound: level, speed, pitch, direction, channel, the project's tempo and key. */
import type { App } from '../stores/app.svelte.ts';
import { always, somethingPlaying, type Action } from './action.ts';

function audition(id: string, name: string, key: string, run: (app: App) => void, when = somethingPlaying): Action {
  return { id: `audition.${id}`, name, group: 'Audition', keys: [key], when, run };
}

export const AUDITION_ACTIONS: readonly Action[] = [
  audition('level', 'Match levels on or off', 'V', ({ settings }) => settings.set({ levelMatch: !settings.now.levelMatch }), always), // prettier-ignore
  audition('project', 'Match tempo and key on or off', 'J', ({ settings }) => settings.set({ projectMatch: !settings.now.projectMatch }), always), // prettier-ignore
  audition('take', 'Use this file’s tempo and key for the project', 'Shift+J', (app) => app.audition.takeForProject()),
  audition('slower', 'Slower', ',', (app) => app.audition.stepSpeed(-1)),
  audition('faster', 'Faster', '.', (app) => app.audition.stepSpeed(1)),
  audition('higher', 'A semitone higher', 'K', ({ audition: now }) => now.setSemitones(now.semitones + 1)),
  audition('lower', 'A semitone lower', 'Shift+K', ({ audition: now }) => now.setSemitones(now.semitones - 1)),
  audition('reverse', 'Play backwards', 'Shift+R', (app) => app.audition.reverse()),
  audition('solo', 'Solo the left or right channel', 'Y', (app) => app.audition.soloNext()),
  audition('reset', 'Reset speed, pitch, direction and channel', 'U', (app) => app.audition.reset(), always),
  audition('lock', 'Keep speed and pitch for other files', 'Shift+U', ({ audition: now }) => now.setLocked(!now.locked), always), // prettier-ignore
];
