/** What members say offline comes together: the same at all of them, by rules that do not depend on who syncs when. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { skipFor } from '../faults/trial.ts';
import { NO_POSTGRES, Postgres } from '../kit/postgres.ts';
import type { Catalogue } from '../../src/main/catalogue/open.ts';
import { replayable, ROUNDS } from '../kit/random.ts';
import { Studio, type Member } from './members.ts';

const FILES = ['a.wav', 'b.wav', 'c/d.wav'];

let server: Postgres;
let studio: Studio;
let ana: Member;
let ben: Member;
let studios = 0;

describe.skipIf(skipFor(NO_POSTGRES, 'studio: merging'))('members', () => {
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    studio = await Studio.make(server, `merging${++studios}`);
    [ana, ben] = [studio.member('ana', FILES), studio.member('ben', FILES)];
  });
  afterEach(() => studio.end());

  const all = async () => {
    for (let round = 0; round < 2; round++) for (const member of studio.members) await member.sync();
  };
  const expectSame = () => {
    const [first, ...others] = studio.members.map((member) => member.shared());
    for (const other of others) expect(other).toEqual(first);
  };

  test('what one says the others have after a sync, with author and time', async () => {
    await all();
    ana.decide('a.wav', 'door', true);
    ana.decide('a.wav', 'rain', false);
    ana.catalogue.ratings.setStars([ana.file('b.wav')], 4);
    const { id } = ana.catalogue.collections.create('Night train');
    ana.catalogue.collections.add(id, [ana.file('a.wav'), ana.file('c/d.wav')]);
    expect(await ana.sync()).toMatchObject({ changesSent: 5 });
    expect(await ben.sync()).toMatchObject({ changesReceived: 6, changesSent: 0 });
    expect(ben.decisions('a.wav')).toEqual(['door+', 'rain-']);
    expect(ben.stars('b.wav')).toBe(4);
    expect(ben.collections()).toEqual({ 'Night train': ['a.wav', 'c/d.wav'] });
    const words = ben.catalogue.studio.words.ofFile(ben.file('a.wav'));
    expect(words.map(({ kind, value, name, author }) => [kind, value, name, author])).toEqual(
      expect.arrayContaining([
        ['decision', 1, 'door', ana.login],
        ['decision', 0, 'rain', ana.login],
        ['item', 1, 'Night train', ana.login],
      ]),
    );
    await all();
    expectSame();
    // Nothing goes round: whoever syncs again has nothing to tell.
    expect(await ben.sync()).toMatchObject({ changesSent: 0, changesReceived: 0, analysesSent: 0, takenOver: 0 });
  });

  test('of two who disagree the later one counts, and nobody’s word is lost', async () => {
    await all();
    ben.decide('a.wav', 'door', false);
    ana.decide('a.wav', 'door', true); // later, and synced first
    ana.temporary.db.exec('UPDATE decision SET decided_ms = decided_ms + 1'); // also where both did it in the same millisecond
    await ana.sync();
    await all();
    expect(ben.decisions('a.wav')).toEqual(['door+']);
    expectSame();
    expect(studio.sql('SELECT author, accepted FROM earmark.decision ORDER BY author').split('\n')).toEqual([
      `${ana.login}|t`,
      `${ben.login}|f`,
    ]);
    ben.decide('a.wav', 'door', null);
    await all();
    expect(ana.decisions('a.wav')).toEqual([]);
    expectSame();
  });

  test('decisions made before joining are kept on both sides', async () => {
    ana.decide('a.wav', 'door', true);
    ben.decide('a.wav', 'rain', true);
    ben.catalogue.ratings.setStars([ben.file('a.wav')], 3);
    const [a, b] = [ana, ben].map(({ catalogue }) => catalogue.collections.create('Doors').id);
    ana.catalogue.collections.add(a!, [ana.file('a.wav')]);
    ben.catalogue.collections.add(b!, [ben.file('b.wav')]);
    await all();
    expect(ana.decisions('a.wav')).toEqual(['door+', 'rain+']);
    expect(ana.stars('a.wav')).toBe(3);
    expect(ana.collections()).toEqual({ Doors: ['a.wav', 'b.wav'] });
    expectSame();
  });

  test('an undo is sent with the time of the undo', async () => {
    await all();
    ana.decide('a.wav', 'door', true);
    await all();
    ana.catalogue.decisions.undo(null);
    await all();
    expect(ben.decisions('a.wav')).toEqual([]);
    expectSame();
  });

  test('favourites are one’s own', async () => {
    ana.catalogue.ratings.setFavourite([ana.file('a.wav')], true);
    await all();
    expect(ben.temporary.db.prepare('SELECT count(*) FROM rating').pluck().get()).toBe(0);
    ben.catalogue.ratings.setFavourite([ben.file('a.wav')], true);
    ben.catalogue.ratings.setFavourite([ben.file('a.wav')], false);
    await all();
    expect(ana.temporary.db.prepare('SELECT favourite FROM rating').pluck().all()).toEqual([1]);
  });

  test('copies of a sound are one', async () => {
    const [first] = FILES;
    ana.temporary.db.exec(`UPDATE file SET content_id = 'content of ${first!}'`);
    await all();
    ana.decide('b.wav', 'door', true);
    await all();
    expect(ana.decisions('c/d.wav')).toEqual(['door+']);
    expect(ben.decisions(first!)).toEqual(['door+']);
    expect(ben.decisions('b.wav')).toEqual([]);
  });

  test('a collection is renamed, removed and brought back; a name that another one has is given up', async () => {
    const { id } = ana.catalogue.collections.create('Doors');
    ana.catalogue.collections.add(id, [ana.file('a.wav')]);
    await all();
    ana.catalogue.collections.rename(id, 'Heavy doors');
    await all();
    expect(ben.collections()).toEqual({ 'Heavy doors': ['a.wav'] });
    ana.catalogue.collections.remove(id);
    await all();
    expect(ben.collections()).toEqual({});
    ana.catalogue.collections.restore('Heavy doors', [ana.file('a.wav'), ana.file('b.wav')]);
    await all();
    expect(ben.collections()).toEqual({ 'Heavy doors': ['a.wav', 'b.wav'] });
    const rain = ben.catalogue.collections.create('Rain');
    ben.catalogue.collections.add(rain.id, [ben.file('b.wav')]);
    await ben.sync();
    ana.catalogue.collections.rename(id, 'Rain');
    await all();
    expect(ana.notices).toEqual(['The studio has another collection named “Rain”. Yours keeps its name.']);
    expect(ana.collections()).toEqual({ 'Heavy doors': ['a.wav', 'b.wav'], Rain: ['b.wav'] });
    expectSame();
  });

  test('a reader keeps local decisions, and shares them once it is an editor', async () => {
    const cleo = studio.member('cleo', FILES, 'viewer');
    ana.decide('a.wav', 'door', true);
    await ana.sync();
    cleo.decide('b.wav', 'rain', true);
    expect(await cleo.sync()).toMatchObject({ kept: 1, changesSent: 0, changesReceived: 1 });
    expect(cleo.decisions('a.wav')).toEqual(['door+']);
    expect(await cleo.sync()).toMatchObject({ changesSent: 0 });
    expect(cleo.decisions('b.wav')).toEqual(['rain+']);
    expect(studio.sql("SELECT count(*) FROM earmark.decision WHERE author LIKE 'cleo%'")).toBe('0');
    studio.sql(`GRANT earmark_${studio.database}_editor TO ${cleo.login}`);
    expect(await cleo.sync()).toMatchObject({ kept: 0, changesSent: 1 });
    await all();
    expect(ben.decisions('b.wav')).toEqual(['rain+']);
    expectSame();
  });

  test('whatever they do offline, in whatever order they sync', { timeout: 300_000 }, async () => {
    const random = replayable();
    const cleo = studio.member('cleo', FILES);
    const members = [ana, ben, cleo];
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    for (let round = 0; round < 2 * ROUNDS; round++) {
      for (let step = 0; step < 40; step++) {
        const member = pick(members);
        const { catalogue } = member;
        const path = pick(FILES);
        const at = random();
        if (at < 0.4) member.decide(path, pick(['door', 'rain', 'dog']), pick([true, false, null]));
        else if (at < 0.5) catalogue.ratings.setStars([member.file(path)], Math.floor(random() * 6));
        else if (at < 0.75) collect({ catalogue, file: member.file(path) }, pick(['Doors', 'Rain']), random() < 0.6);
        else if (at < 0.8)
          catalogue.collections
            .list()
            .slice(0, 1)
            .forEach(({ id }) => catalogue.collections.remove(id));
        else if (at < 0.85 && undoable(member)) catalogue.decisions.undo(null);
        else await member.sync();
      }
      await all();
      expectSame();
    }
  });
});

function undoable({ temporary }: Member): boolean {
  return temporary.db.prepare('SELECT 1 FROM decision_step WHERE undone_ms IS NULL').get() !== undefined;
}

function collect({ catalogue, file }: { catalogue: Catalogue; file: number }, name: string, into: boolean): void {
  const { collections } = catalogue;
  const id = collections.list().find((one) => one.name === name)?.id ?? collections.create(name).id;
  if (into) collections.add(id, [file]);
  else collections.take(id, [file]);
}
