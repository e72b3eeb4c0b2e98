/** Belonging to a studio: making one, joining, how it stands, leaving. What is followed is sync's. */
import type { StudioInit, StudioStatus } from '../../shared/calls/studio.ts';
import { UserError } from '../../shared/errors.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { version } from '../files/install.ts';
import { describeAddress, parseAddress, type StudioAddress } from './address.ts';
import { connected } from './connection.ts';
import {
  anyMembership,
  readMembership,
  removeMembership,
  requireMembership,
  writeMembership,
  type Membership,
} from './membership.ts';
import { migrateStudio, NEWEST_SCHEMA, openStudio } from './schema/migrate.ts';
import { grantRoles } from './schema/roles.ts';
import { addShares, failuresOf, filesOf, membersOf, roleHere, sayHello, sharesOf, workersOf } from './server.ts';
import { checkedShares, checkShareName, mountShares } from './shares.ts';

/** As members are shown it on the server. */
export const CLIENT = `earmark ${version()}`;

type StudioDeps = Pick<CatalogueAccess, 'dataFolder' | 'catalogue' | 'existingCatalogue'>;

/**
 * @param name of a new studio; null brings forward the one that is there
 * @param shares names of folders that all members have; those that are there already stay
 * @throws UserError bad-input, studio-unreachable, studio-refused, studio-outdated
 */
export async function initStudio(url: string, name: string | null, shares: readonly string[]): Promise<StudioInit> {
  const address = parseAddress(url);
  const names = shares.map(checkShareName);
  const title = name?.trim() ?? '';
  if (name !== null && (title === '' || title.length > 200)) {
    throw new UserError('bad-input', 'Specify a name of 1 to 200 characters with “--name”.');
  }
  return connected(address, (connection) =>
    connection.transaction(async () => {
      const schemaBefore = await migrateStudio(connection, title === '' ? address.database : title);
      const roles = await grantRoles(connection);
      await addShares(connection, names);
      const studio = await openStudio(connection);
      const all = [...(await sharesOf(connection)).keys()];
      return {
        name: studio.name,
        server: describeAddress(address),
        schemaBefore,
        schema: NEWEST_SCHEMA,
        shares: all,
        roles,
      };
    }),
  );
}

/** @throws UserError bad-input, not-found for a folder that is not there, studio-unreachable, studio-refused, … */
export async function joinStudio(
  deps: StudioDeps,
  url: string,
  shares: readonly { name: string; path: string }[],
): Promise<StudioStatus> {
  return joinAt(deps, parseAddress(url), shares);
}

/**
 * For a worker. A library that belongs to the studio already keeps its shares, and gets these besides.
 * @param url null: as this library has joined
 * @throws as {@link joinStudio}; no-studio
 */
export async function joinAsWorker(
  deps: StudioDeps,
  url: string | null,
  shares: readonly { name: string; path: string }[],
): Promise<void> {
  const before = url === null ? requireMembership(deps.dataFolder) : readMembership(deps.dataFolder);
  const kept = Object.entries(before?.shares ?? {}).map(([name, path]) => ({ name, path }));
  const others = kept.filter(({ name }) => shares.every((share) => share.name !== name));
  await joinAt(deps, url === null ? before!.address : parseAddress(url), [...others, ...shares]);
}

async function joinAt(
  deps: StudioDeps,
  address: StudioAddress,
  shares: readonly { name: string; path: string }[],
): Promise<StudioStatus> {
  const paths = await checkedShares(shares);
  const joined = await connected(address, async (connection) => {
    const studio = await openStudio(connection);
    const before = readMembership(deps.dataFolder);
    if (before && before.studioId !== studio.id) {
      throw new UserError('bad-input', `This library is connected to the studio “${before.name}”. Disconnect it first with “earmark studio leave”.`); // prettier-ignore
    }
    const role = await roleHere(connection);
    const known = await sharesOf(connection);
    const unknown = Object.keys(paths).filter((name) => !known.has(name));
    if (unknown.length > 0 && role === 'admin') await addShares(connection, unknown);
    else if (unknown.length > 0) throw unknownShare(unknown[0]!, [...known.keys()]);
    if (Object.keys(paths).length === 0) throw noShares([...known.keys()]);
    await sayHello(connection, CLIENT);
    const ids = await sharesOf(connection);
    return { membership: { version: 1, studioId: studio.id, name: studio.name, address, shares: paths } as const, ids };
  });
  const { roots, studio } = deps.catalogue();
  await mountShares(paths, joined.ids, roots);
  studio.belongTo(joined.membership.studioId, address.user);
  await writeMembership(deps.dataFolder, joined.membership);
  return statusOf(deps, joined.membership);
}

/** @returns null when this library belongs to no studio; a server that does not answer is reported in it, not thrown */
export async function studioStatus(deps: StudioDeps): Promise<StudioStatus | null> {
  const membership = readMembership(deps.dataFolder);
  return membership && statusOf(deps, membership);
}

/** Everything here stays as it is, and is nobody else’s from now on; needs no server, nor a `studio.json` that makes sense. */
export function leaveStudio(deps: StudioDeps): { name: string } | null {
  const left = anyMembership(deps.dataFolder);
  if (left === null) return null;
  deps.existingCatalogue()?.studio.leave(left.member);
  removeMembership(deps.dataFolder);
  return { name: left.name };
}

async function statusOf(deps: StudioDeps, { name, address, shares }: Membership): Promise<StudioStatus> {
  const own = Object.entries(shares).map(([share, path]) => ({ name: share, path }));
  const local = {
    ...{ name, server: describeAddress(address), member: address.user },
    sharedFiles: deps.existingCatalogue()?.studio.sharedFiles() ?? 0,
    syncedMs: deps.existingCatalogue()?.studio.syncedMs() ?? null,
  };
  try {
    return await connected(address, async (connection) => {
      await openStudio(connection);
      const there = [...(await sharesOf(connection)).keys()];
      return {
        ...local,
        role: await roleHere(connection),
        problem: null,
        shares: there.map((share) => ({ name: share, path: shares[share] ?? null })),
        members: await membersOf(connection),
        files: await filesOf(connection),
        workers: await workersOf(connection),
        failures: await failuresOf(connection),
      };
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      ...local,
      role: null,
      problem: error.userMessage,
      shares: own,
      members: [],
      files: null,
      workers: [],
      failures: [],
    };
  }
}

function unknownShare(name: string, known: readonly string[]): UserError {
  const there = known.length === 0 ? 'It has no shares yet' : `Shares: ${known.join(', ')}`;
  return new UserError('not-found', `The studio has no share “${name}”. ${there}. An admin can add it by setting up the studio again with this share.`); // prettier-ignore
}

function noShares(known: readonly string[]): UserError {
  const there = known.length === 0 ? '' : ` Shares: ${known.join(', ')}.`;
  return new UserError('bad-input', `Specify where at least one share is on this machine.${there}`); // prettier-ignore
}
