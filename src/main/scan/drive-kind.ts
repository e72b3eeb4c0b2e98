/**
 * What kind of drive a folder lies on, as far as the system reports it. Changes on network drives are not announced to
 * this machine when another one makes them, so watching is off there at first.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { LibraryRoot } from '../../shared/calls/library.ts';

export type DriveKind = LibraryRoot['drive'];

/** A mounted file system. */
export interface Mount {
  /** What is mounted: a device, or `server:/share`. */
  source: string;
  /** Where, absolute. */
  folder: string;
  /** File system: ext4, nfs4, smbfs, … */
  type: string;
}

/** File systems whose files lie on another machine, shared folders of virtual machines included. */
const NETWORK_TYPES =
  /^(nfs[34]?|cifs|smb[23]?|smbfs|afpfs|afs|webdav|davfs2?|9p|ncpfs?|ceph|glusterfs|lustre|beegfs|gpfs|virtiofs|vboxsf|vmhgfs|prl_fs|fuse\.(sshfs|rclone|s3fs|gvfsd-fuse|davfs2?|glusterfs|ceph-fuse|vmhgfs-fuse|juicefs|smbnetfs|kio-fuse))$/;
/** Where desktops mount what is plugged in. */
const REMOVABLE_PLACES = /^\/(media|run\/media|Volumes)\//;
/** File systems of this machine that have no device of their own. */
const LOCAL_TYPES = /^(overlay|tmpfs|zfs|btrfs|apfs|aufs|ramfs)$/;

/**
 * /proc/mounts: one mount a line, later ones over earlier ones, blanks in names as octal escapes.
 * @see https://man7.org/linux/man-pages/man5/fstab.5.html
 */
export function parseProcMounts(text: string): Mount[] {
  const unescape = (field: string) =>
    field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  return text.split('\n').flatMap((line) => {
    const [source, folder, type] = line.split(' ');
    if (source === undefined || folder === undefined || type === undefined) return [];
    return [{ source: unescape(source), folder: unescape(folder), type }];
  });
}

/** What `/sbin/mount` prints on macOS: `//me@nas/sounds on /Volumes/sounds (smbfs, nodev, …)`. */
export function parseMacMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(.+?) on (\/.*) \(([^,)]+)[^()]*\)$/.exec(line);
    return match ? [{ source: match[1]!, folder: match[2]!, type: match[3]!.trim() }] : [];
  });
}

/** @param path absolute, with '/' between folders @param mounts in the order of mounting */
export function kindAmong(mounts: readonly Mount[], path: string): DriveKind {
  let holder: Mount | null = null;
  for (const mount of mounts) {
    const around = mount.folder === '/' || path === mount.folder || path.startsWith(`${mount.folder}/`);
    if (around && (holder === null || mount.folder.length >= holder.folder.length)) holder = mount;
  }
  if (holder === null) return 'unknown';
  if (NETWORK_TYPES.test(holder.type) || holder.source.startsWith('//')) return 'network';
  if (REMOVABLE_PLACES.test(`${holder.folder}/`)) return 'removable';
  return holder.source.startsWith('/dev/') || LOCAL_TYPES.test(holder.type) ? 'fixed' : 'unknown';
}

/** On Windows only a network path shows it; a letter can stand for any drive. */
export function kindByWindowsPath(path: string): DriveKind {
  return /^[\\/]{2}(?![?.][\\/](?!UNC[\\/]))/i.test(path) ? 'network' : 'unknown';
}

/** @param path absolute; nothing is read below it, so that a drive that hangs holds nobody up */
export async function driveKind(path: string): Promise<DriveKind> {
  if (process.platform === 'win32') return kindByWindowsPath(path);
  try {
    if (process.platform === 'darwin') {
      const { stdout } = await promisify(execFile)('/sbin/mount', { timeout: 5000 });
      return kindAmong(parseMacMounts(stdout), path);
    }
    return kindAmong(parseProcMounts(await readFile('/proc/mounts', 'utf8')), path);
  } catch {
    return 'unknown'; // a system that does not say: 'unknown' is the answer
  }
}
