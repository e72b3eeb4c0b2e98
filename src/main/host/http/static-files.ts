/** The files of the built window, all read at the start: what is not in this table does not exist, whatever the path says. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import mime from 'mime';

export interface StaticFile {
  body: Buffer;
  headers: Readonly<Record<string, string>>;
}

/** Names with a hash of the content in them, as the bundler makes them. */
const HASHED = /^\/assets\/.+-[\w-]{8,}\.\w+$/;

/**
 * @param folder where the window was built to
 * @returns files by the path of their address ("/assets/index-3f9a.js"), the page also as "/"; none when it was not built
 */
export function readStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const path of filesBelow(folder)) {
    const address = `/${relative(folder, path).split(sep).map(encodeURIComponent).join('/')}`;
    files.set(address, staticFile(address, readFileSync(path)));
  }
  const page = files.get('/index.html');
  if (page) files.set('/', page);
  return files;
}

function staticFile(address: string, body: Buffer): StaticFile {
  const type = mime.getType(address) ?? 'application/octet-stream';
  const isText = /^text\/|javascript|json|xml/.test(type);
  return {
    body,
    headers: {
      'Content-Type': isText ? `${type}; charset=utf-8` : type,
      'Content-Length': String(body.length),
      'Cache-Control': HASHED.test(address) ? 'private, max-age=31536000, immutable' : 'no-cache',
      ETag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
    },
  };
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile()) // no links: they may lead out of the folder
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
