/** The lanes of the player: zoom, scroll and the selection in them. */
import type { App } from '../stores/app.svelte.ts';
import type { Edge } from '../strip/time-range.ts';
import { always, somethingPlaying, type Action } from './action.ts';

const HALF_A_VIEW = 0.5;
const somethingMarked = ({ player, timeSelection }: App) => timeSelection.span !== null || player.hit !== null;
const somethingSelected = ({ timeSelection }: App) => timeSelection.range !== null;

/** @param step what it does with the lanes, which are shown for it */
function lane(id: string, name: string, keys: string[], step: (app: App) => void, when = somethingPlaying): Action {
  return {
    id: `wave.${id}`,
    name,
    group: 'Waveform',
    keys,
    when,
    run: (app) => {
      if (!app.lanes.look.open) app.lanes.setLook({ open: true });
      step(app);
    },
  };
}

function nudge(edge: Edge, direction: -1 | 1, key: string): Action {
  const way = direction < 0 ? 'earlier' : 'later';
  return {
    ...lane(`nudge-${edge}-${way}`, `Move the selection’s ${edge} ${way}`, [key], ({ lanes }) => lanes.nudge(edge, direction), somethingSelected), // prettier-ignore
    keysOnly: true,
  };
}

/** Shortens it, or says that there is nothing to shorten it to. */
export function trim({ lanes, notices }: App): void {
  void notices
    .attempt(() => lanes.trim())
    .then((found) => {
      if (found === false) notices.say('No sound stands out here, so nothing was trimmed. Select a part with the sound and some of its background.'); // prettier-ignore
    });
}

export const WAVE_ACTIONS: readonly Action[] = [
  {
    id: 'wave.open',
    name: 'Show or hide the waveform',
    group: 'Waveform',
    keys: ['W'],
    when: always,
    run: ({ lanes }) => lanes.setLook({ open: !lanes.look.open }),
  },
  lane('zoom-in', 'Zoom in', ['+', '='], ({ lanes }) => lanes.zoomIn()),
  lane('zoom-out', 'Zoom out', ['-'], ({ lanes }) => lanes.zoomOut()),
  lane('zoom-to', 'Zoom to the selection or match', ['Z'], ({ lanes }) => lanes.zoomToWhatMatters(), somethingMarked),
  lane('whole', 'Show the whole file', ['Shift+Z'], ({ lanes }) => lanes.showWhole()),
  lane('left', 'Scroll the waveform left', ['Shift+ArrowLeft'], ({ lanes }) => lanes.scroll(-HALF_A_VIEW)),
  lane('right', 'Scroll the waveform right', ['Shift+ArrowRight'], ({ lanes }) => lanes.scroll(HALF_A_VIEW)),
  lane('select-match', 'Select the match', ['G'], ({ lanes }) => lanes.selectMatch(), ({ player }) => player.hit !== null), // prettier-ignore
  lane('select-none', 'Clear the selection', ['Shift+G'], ({ timeSelection }) => timeSelection.set(null), somethingSelected), // prettier-ignore
  lane('trim', 'Trim the selection or match to its sound', ['Shift+T'], trim, somethingMarked),
  lane('start-here', 'Start the selection here', ['B'], ({ lanes }) => lanes.setEdgeHere('start')),
  lane('end-here', 'End the selection here', ['Shift+B'], ({ lanes }) => lanes.setEdgeHere('end')),
  nudge('start', -1, 'Alt+ArrowLeft'),
  nudge('start', 1, 'Alt+ArrowRight'),
  nudge('end', -1, 'Alt+Shift+ArrowLeft'),
  nudge('end', 1, 'Alt+Shift+ArrowRight'),
  lane('decibels', 'Toggle the decibel scale', ['D'], ({ lanes }) => lanes.setLook({ decibels: !lanes.look.decibels })),
  lane('spectrogram', 'Show the spectrogram or the waveform', ['Shift+W'], ({ lanes }) => lanes.setLook({ spectrogram: !lanes.look.spectrogram })), // prettier-ignore
  lane('fill', 'Toggle waveform normalisation', [], ({ lanes }) => lanes.setLook({ filled: !lanes.look.filled })), // prettier-ignore
  lane('snap', 'Toggle snapping of edges', [], ({ lanes }) => lanes.setLook({ snap: !lanes.look.snap })),
];
