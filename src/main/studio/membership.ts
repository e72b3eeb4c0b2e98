/**
 * `studio.json` in the data folder: which studio this library belongs to, and the login. Nobody else may read it; what is
 * shared of the library is in the catalogue.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../shared/errors.ts';
import { makePrivate } from '../catalogue/private-folder.ts';
import { writeWhole } from '../files/write-whole.ts';
import { SSL_MODES } from './address.ts';

const membership = z.strictObject({
  version: z.literal(1),
  studioId: z.string(),
  name: z.string(),
  address: z.strictObject({
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535),
    database: z.string().min(1),
    user: z.string().min(1),
    password: z.string(),
    sslMode: z.enum(SSL_MODES),
    sslRootCertificate: z.string().nullable(),
  }),
  /** Name → absolute path of the folder here. */
  shares: z.record(z.string(), z.string()),
});
export type Membership = z.infer<typeof membership>;

/** What any version of the program has written there. */
const ofAnyVersion = z.object({
  version: z.number().optional(),
  name: z.string().optional(),
  address: z.object({ user: z.string() }).optional().catch(undefined),
});

/**
 * @returns null when this library belongs to no studio
 * @throws UserError studio-damaged when the file makes no sense, studio-outdated when a newer program wrote it
 */
export function readMembership(dataFolder: string): Membership | null {
  const path = pathOf(dataFolder);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UserError('studio-damaged', `The file “${path}” cannot be read. Check its permissions.`, error);
  }
  const json = jsonOrNull(text);
  const parsed = membership.safeParse(json);
  if (parsed.success) return parsed.data;
  if ((ofAnyVersion.safeParse(json).data?.version ?? 1) > 1) {
    throw new UserError('studio-outdated', `The file “${path}” was written by a newer version of Earmark. Update Earmark on this machine; until then, the library works without the studio.`); // prettier-ignore
  }
  throw new UserError('studio-damaged', `The file “${path}” is damaged, so the library works without the studio. Run “earmark studio leave”, then join again.`); // prettier-ignore
}

/** Also of a file that makes no sense. @returns '' for what the file does not contain; null when this library belongs to no studio */
export function anyMembership(dataFolder: string): { name: string; member: string } | null {
  if (!existsSync(pathOf(dataFolder))) return null;
  try {
    const found = ofAnyVersion.safeParse(jsonOrNull(readFileSync(pathOf(dataFolder), 'utf8'))).data;
    return { name: found?.name ?? '', member: found?.address?.user ?? '' };
  } catch {
    return { name: '', member: '' }; // it may be removed without being read
  }
}

/** @throws UserError no-studio */
export function requireMembership(dataFolder: string): Membership {
  const found = readMembership(dataFolder);
  if (found) return found;
  throw new UserError('no-studio', 'This library is not connected to a studio. Connect it with “earmark studio join”.');
}

export async function writeMembership(dataFolder: string, value: Membership): Promise<void> {
  makePrivate(dataFolder);
  await writeWhole(pathOf(dataFolder), [`${JSON.stringify(value, null, 2)}\n`], true, 0o600);
}

export function removeMembership(dataFolder: string): void {
  rmSync(pathOf(dataFolder), { force: true });
}

function pathOf(dataFolder: string): string {
  return join(dataFolder, 'studio.json');
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
