/**
 * Signalsmith Stretch (MIT): time and pitch by a phase vocoder in WebAssembly, on the audio thread. Loaded when a speed
 * or a pitch is first set; docs/adr/0016-speed-and-pitch.md says why this one.
 */
import type { StretchNode } from 'signalsmith-stretch';
// Its own way to the audio thread is a blob, which the page's policy refuses: a file of the window instead.
import moduleUrl from 'signalsmith-stretch?url';

/** Every node plays two channels; one channel goes to both. */
export async function makeStretch(context: AudioContext): Promise<StretchNode> {
  const { default: createStretch } = await import('signalsmith-stretch');
  createStretch.moduleUrl = moduleUrl;
  // Without an input the node fails as soon as it is not active (1.3.2).
  return createStretch(context, { numberOfInputs: 1, numberOfOutputs: 1, outputChannelCount: [2] });
}
