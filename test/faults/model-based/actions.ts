/** What users, their other programs and bad luck do to a library, one step at a time, in any order. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Role } from '../program.ts';
import type { Real } from './real.ts';
import { PATHS, SOUNDS, type Path, type Reference } from './reference.ts';

type Action = fc.AsyncCommand<Reference, Real>;

/** @param able whether it can be done now */
function action(
  name: string,
  able: (model: Reference) => boolean,
  run: (model: Reference, real: Real) => Promise<void> | void,
): Action {
  // prettier-ignore
  return {
    check: able,
    run: async (model, real) => {
      model.done.push(name);
      await run(model, real);
    },
    toString: () => name,
  };
}

const isThere = (model: Reference, path: Path) => !model.unplugged && model.disk.has(path);
const isFree = (model: Reference, path: Path) => !model.unplugged && !model.disk.has(path);

const add = (path: Path, sound: number) =>
  action(
    `put sound ${sound} at ${path}`,
    (model) => !model.unplugged,
    (model, real) => {
      const file = { sound, title: '' };
      real.write(path, file);
      model.disk.set(path, file);
    },
  );

const copy = (from: Path, to: Path) =>
  action(
    `copy ${from} to ${to}`,
    (model) => isThere(model, from) && isFree(model, to),
    (model, real) => {
      real.copy(from, to);
      model.disk.set(to, model.disk.get(from)!);
    },
  );

const move = (from: Path, to: Path) =>
  action(
    `move ${from} to ${to}`,
    (model) => isThere(model, from) && isFree(model, to),
    (model, real) => {
      real.move(from, to);
      model.disk.set(to, model.disk.get(from)!);
      model.disk.delete(from);
    },
  );

const exchange = (one: Path, other: Path) =>
  action(
    `${one} and ${other} change places`,
    (model) => one !== other && isThere(model, one) && isThere(model, other),
    (model, real) => {
      real.exchange(one, other);
      const [first, second] = [model.disk.get(one)!, model.disk.get(other)!];
      model.disk.set(one, second);
      model.disk.set(other, first);
    },
  );

const remove = (path: Path) =>
  action(
    `delete ${path}`,
    (model) => isThere(model, path),
    (model, real) => {
      real.remove(path);
      model.disk.delete(path);
    },
  );

const retag = (path: Path, title: string) =>
  action(
    `another program writes the title “${title}” into ${path}`,
    (model) => isThere(model, path),
    (model, real) => {
      const file = { sound: model.disk.get(path)!.sound, title };
      real.write(path, file);
      model.disk.set(path, file);
    },
  );

const touch = (path: Path, hours: number) =>
  action(
    `the time of ${path} becomes ${hours} h from now`,
    (model) => isThere(model, path),
    (_, real) => real.touch(path, hours),
  );

const unplug = action(
  'the drive goes',
  (model) => !model.unplugged,
  (model, real) => {
    real.unplug();
    model.unplugged = true;
  },
);

const plug = action(
  'the drive comes back',
  (model) => model.unplugged,
  (model, real) => {
    real.plug();
    model.unplugged = false;
  },
);

const run = action(
  'index',
  () => true,
  async (model, real) => {
    await real.run();
    await expectAgreement(model, real);
  },
);

const cancel = (afterTold: number) =>
  action(
    `index, cancelled after ${afterTold} reports of progress`,
    () => true,
    (model, real) => {
      model.interrupted = true;
      return real.cancelled(afterTold);
    },
  );

const killHelper = (role: Role, afterTold: number) =>
  action(
    `index, its ${role} process killed after ${afterTold} reports of progress`,
    () => true,
    (model, real) => {
      model.interrupted = true;
      return real.withoutOne(role, afterTold);
    },
  );

const killProgram = (role: Role) =>
  action(
    `the program is killed while it indexes, when it has a process ${role}`,
    () => true,
    (model, real) => {
      model.interrupted = true;
      return real.killedProgram(role);
    },
  );

const restart = action(
  'close and start again',
  () => true,
  (_, real) => real.open(),
);

const say = (path: Path) =>
  action(
    `tag and collect ${path}`,
    // Only of what was indexed and is unchanged since is it certain which sound the user means.
    (model) => !model.unplugged && model.isIndexed(path),
    async (model, real) => {
      const fileId = real.idOf(path)!;
      const label = await real.say(fileId, model.statements.length);
      model.statements.push({ label, path, sound: model.disk.get(path)!.sound });
    },
  );

const writeAndUndo = action(
  'write accepted tags into the files, and undo it',
  (model) => !model.unplugged,
  async (_, real) => {
    const before = real.bytes();
    const runId = await real.writeTags();
    if (runId !== null) await real.undoWrite(runId);
    expect(real.bytes(), 'bytes after writing and undoing').toEqual(before);
  },
);

/** A library with something to lose. */
export const BEGINNING: readonly Action[] = [
  add('a.wav', 0),
  add('sub/a.wav', 1),
  add('sub/Tür zu.wav', 2),
  run,
  say('a.wav'),
  say('sub/a.wav'),
  say('sub/Tür zu.wav'),
];

const path = fc.constantFrom(...PATHS);
const sound = fc.nat({ max: SOUNDS - 1 });
const afterTold = fc.integer({ min: 1, max: 8 });
const role = fc.constantFrom<Role[]>('decoder', 'inference', 'index');

/** Any of them, those that change files and index more often than disasters. */
export const ACTIONS: fc.Arbitrary<Action>[] = [
  fc.tuple(path, sound).map(([at, what]) => add(at, what)),
  fc.tuple(path, sound).map(([at, what]) => add(at, what)),
  fc.tuple(path, path).map(([from, to]) => copy(from, to)),
  fc.tuple(path, path).map(([from, to]) => move(from, to)),
  fc.tuple(path, path).map(([from, to]) => move(from, to)),
  fc.tuple(path, path).map(([one, other]) => exchange(one, other)),
  path.map(remove),
  fc.tuple(path, fc.constantFrom('Door', 'Tür', '')).map(([at, title]) => retag(at, title)),
  fc.tuple(path, fc.constantFrom(-5, 5)).map(([at, hours]) => touch(at, hours)),
  fc.constant(unplug),
  fc.constant(plug),
  fc.constant(plug),
  fc.constant(run),
  fc.constant(run),
  fc.constant(run),
  path.map(say),
  path.map(say),
  afterTold.map(cancel),
  fc.tuple(role, afterTold).map(([whose, told]) => killHelper(whose, told)),
  role.map(killProgram),
  fc.constant(restart),
  fc.constant(writeAndUndo),
];

/** After a complete run: catalogue = disk, index = catalogue, and everything that was said is still there, once. */
export async function expectAgreement(model: Reference, real: Real): Promise<void> {
  const rows = new Map(real.rows().map((row) => [row.path, row]));
  expect(rows.size, 'paths with two rows').toBe(real.rows().length);
  if (model.unplugged) {
    expect(await real.answer(), 'found although the drive is gone').toEqual([]);
  } else {
    for (const [at, { sound: what }] of model.disk) {
      const row = rows.get(at);
      expect(row, `the row of ${at}`).toMatchObject({ state: 'ready', offline: 0 });
      expect(row!.windows, `windows of ${at}`).toBeGreaterThan(0);
      const contentId = (real.contentIds[what] ??= row!.contentId!);
      expect(row!.contentId, `content of ${at}`).toBe(contentId);
    }
    const online = [...rows.values()].filter(({ offline }) => offline === 0).map((row) => row.path);
    expect(online.toSorted(), 'rows that are online').toEqual([...model.disk.keys()].toSorted());
    expect(await real.answer(), 'what a search finds').toEqual(online.toSorted());
    expect(Object.keys(real.bytes()).toSorted(), 'files on the disk').toEqual(online.toSorted());
    expectStatements(model, real);
    model.index();
  }
  expect(new Set(Object.values(real.contentIds)).size, 'sounds with one content').toBe(
    Object.keys(real.contentIds).length,
  );
}

function expectStatements(model: Reference, real: Real): void {
  const said = real.said();
  for (const statement of model.statements) {
    const holders = ['as a tag', 'as a collection'].map((how) => {
      const found = said.filter(({ label }) => label === `${statement.label} ${how}`);
      expect(found, `files with ${statement.label} ${how}`).toHaveLength(1);
      return found[0]!;
    });
    expect(holders[0]!.path, 'tag and collection of one file').toBe(holders[1]!.path);
    const [{ path: at, contentId }] = holders as [(typeof holders)[0], (typeof holders)[0]];
    const must = model.mustBeAt(statement);
    if (must !== null) expect(at, `where ${statement.label} is`).toBe(must);
    else expect(at === statement.path || contentId === real.contentIds[statement.sound], `${statement.label} is at ${at}`).toBe(true); // prettier-ignore
    statement.path = at as Path;
    // Its path was given to another sound: the user's word stays with the row, and follows that from now on.
    statement.sound = model.disk.get(statement.path)?.sound ?? statement.sound;
  }
}
