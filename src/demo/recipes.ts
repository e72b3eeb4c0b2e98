/** Every sound of the demo library; rendering one needs no process and no file. */
import type { DemoSound } from './recipe.ts';
import { FIELD_SOUNDS } from './recipes-field.ts';
import { MUSIC_SOUNDS } from './recipes-music.ts';
import { STUDIO_SOUNDS } from './recipes-studio.ts';

export const DEMO_SOUNDS: readonly DemoSound[] = [...FIELD_SOUNDS, ...STUDIO_SOUNDS, ...MUSIC_SOUNDS];
