/** Where the drives of this machine are, as folders. */
import { readdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** Those of the machine first. Only folders that are there now; absolute. */
export async function listDrives(platform: NodeJS.Platform = process.platform): Promise<string[]> {
  if (platform === 'win32') {
    const letters = Array.from({ length: 26 }, (_, index) => `${String.fromCharCode(65 + index)}:\\`);
    const there = await Promise.all(letters.map(isFolder));
    return letters.filter((_, index) => there[index]);
  }
  const { username } = userInfo();
  const mountPlaces = platform === 'darwin' ? ['/Volumes'] : [`/media/${username}`, `/run/media/${username}`, '/mnt'];
  const drives = await Promise.all(mountPlaces.map(foldersIn));
  return ['/', ...drives.flat()];
}

async function foldersIn(place: string): Promise<string[]> {
  try {
    const entries = await readdir(place, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(place, name));
  } catch {
    return []; // this system mounts nothing there
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // no drive of this letter, or nothing in it
  }
}
