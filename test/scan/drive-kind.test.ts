import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import {
  driveKind,
  kindAmong,
  kindByWindowsPath,
  parseMacMounts,
  parseProcMounts,
} from '../../src/main/scan/drive-kind.ts';

const LINUX = parseProcMounts(`proc /proc proc rw,relatime 0 0
/dev/nvme0n1p2 / ext4 rw,relatime 0 0
nas:/volume1/sounds /mnt/nas nfs4 rw,relatime,vers=4.2 0 0
//nas/sfx /mnt/My\\040Share cifs rw,relatime 0 0
me@studio:/takes /home/me/takes fuse.sshfs rw,nosuid,nodev 0 0
/dev/sda1 /media/me/USB\\040STICK vfat rw,nosuid,nodev 0 0
/dev/sdb1 /run/media/me/Recorder exfat rw 0 0
tank/audio /tank zfs rw,xattr 0 0
host /mnt/vm virtiofs rw 0 0
gvfsd-fuse /run/user/1000/gvfs fuse.gvfsd-fuse rw 0 0
mergerfs /pool fuse.mergerfs rw 0 0
/dev/sdc1 /mnt/nas/cache ext4 rw 0 0
`);

test.each([
  ['/home/me/Sounds', 'fixed'],
  ['/', 'fixed'],
  ['/mnt/nas', 'network'],
  ['/mnt/nas/Foley/doors', 'network'],
  ['/mnt/nas2', 'fixed'], // the beginning of a name is not a folder
  ['/mnt/nas/cache/x', 'fixed'], // a drive mounted inside a share
  ['/mnt/My Share/rain', 'network'],
  ['/home/me/takes/today', 'network'],
  ['/media/me/USB STICK/zoom', 'removable'],
  ['/run/media/me/Recorder', 'removable'],
  ['/tank/library', 'fixed'],
  ['/mnt/vm', 'network'],
  ['/run/user/1000/gvfs/smb-share:server=nas', 'network'],
  ['/pool/a', 'unknown'],
])('Linux: %s is %s', (path, kind) => {
  expect(kindAmong(LINUX, path)).toBe(kind);
});

test('of two mounts at one place the later one counts', () => {
  const mounts = parseProcMounts('/dev/sda1 /mnt ext4 rw 0 0\nnas:/x /mnt nfs rw 0 0\n');
  expect(kindAmong(mounts, '/mnt/a')).toBe('network');
});

const MAC = parseMacMounts(`/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse, protect)
//me@nas._smb._tcp.local/Sound%20Effects on /Volumes/Sound Effects (smbfs, nodev, nosuid, mounted by me)
/dev/disk4s1 on /Volumes/Field Recorder (msdos) (exfat, local, nodev, nosuid, noowners)
`);

test.each([
  ['/Users/me/Music', 'fixed'],
  ['/Volumes/Sound Effects/rain', 'network'],
  ['/Volumes/Field Recorder (msdos)/take 1', 'removable'],
])('macOS: %s is %s', (path, kind) => {
  expect(kindAmong(MAC, path)).toBe(kind);
});

test.each([
  ['\\\\nas\\sfx\\doors', 'network'],
  ['//nas/sfx', 'network'],
  ['\\\\?\\UNC\\nas\\sfx', 'network'],
  ['\\\\?\\C:\\Sounds', 'unknown'],
  ['C:\\Sounds', 'unknown'],
])('Windows: %s is %s', (path, kind) => {
  expect(kindByWindowsPath(path)).toBe(kind);
});

test('nothing known is unknown, and this machine gives an answer', async () => {
  expect(kindAmong([], '/a')).toBe('unknown');
  expect(parseProcMounts('')).toEqual([]);
  expect(['fixed', 'removable', 'network', 'unknown']).toContain(await driveKind(tmpdir()));
});
