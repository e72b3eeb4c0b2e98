/** Where the window was, kept between runs; and where it may be, given the displays of now. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** In device-independent pixels. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface WindowState {
  /** Of the window when neither maximised nor in full screen. */
  bounds: Rectangle;
  maximised: boolean;
  fullScreen: boolean;
}

export interface WindowPlace {
  width: number;
  height: number;
  /** Absent: in the middle of the main display. */
  x?: number;
  y?: number;
  maximised: boolean;
  fullScreen: boolean;
}

export const MIN_WIDTH = 720;
export const MIN_HEIGHT = 480;
const FIRST: WindowPlace = { width: 1280, height: 820, maximised: false, fullScreen: false };
/** So much of the title bar has to be on a display that one can take hold of it. */
const GRIP_WIDTH = 120;
const GRIP_HEIGHT = 32;

const coordinate = z.number().int().min(-100_000).max(100_000);
const size = z.number().int().positive().max(100_000);
const windowState = z.object({
  bounds: z.object({ x: coordinate, y: coordinate, width: size, height: size }),
  maximised: z.boolean(),
  fullScreen: z.boolean(),
});

/**
 * A window that was on a display which is gone, or larger than what there is, must be seen all the same.
 * @param workAreas of all displays, the main one first; without task bars and docks
 */
export function placeWindow(state: WindowState | null, workAreas: readonly Rectangle[]): WindowPlace {
  const [main] = workAreas;
  const home = state && workAreas.find((area) => holdsGrip(area, state.bounds));
  const area = home ?? main;
  const wanted = state?.bounds ?? FIRST;
  const width = clamp(wanted.width, MIN_WIDTH, area?.width ?? wanted.width);
  const height = clamp(wanted.height, MIN_HEIGHT, area?.height ?? wanted.height);
  const { maximised, fullScreen } = state ?? FIRST;
  if (!state || !home) return { width, height, maximised, fullScreen };
  return { x: state.bounds.x, y: state.bounds.y, width, height, maximised, fullScreen };
}

/** @returns null when there is none, or none that is understood */
export function readWindowState(path: string): WindowState | null {
  try {
    return windowState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null; // the window opens where it did the first time
  }
}

/** @throws the system's error when it cannot be written */
export function writeWindowState(path: string, state: WindowState): void {
  writeFileSync(`${path}.part`, JSON.stringify(state));
  renameSync(`${path}.part`, path);
}

function holdsGrip(area: Rectangle, { x, y, width }: Rectangle): boolean {
  const left = Math.max(area.x, x);
  const right = Math.min(area.x + area.width, x + width);
  return right - left >= GRIP_WIDTH && y >= area.y && y + GRIP_HEIGHT <= area.y + area.height;
}

/** The upper limit wins: a window larger than its display cannot be used. */
function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
