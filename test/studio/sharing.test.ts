/** Saved searches, collections, vocabularies and learned tags: personal or shared, with every member's version kept. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Vocabularies } from '../../src/main/tag/vocabularies.ts';
import { skipFor } from '../faults/trial.ts';
import { NO_POSTGRES, Postgres } from '../kit/postgres.ts';
import { Studio, type Member } from './members.ts';

const FILES = ['a.wav', 'b.wav', 'c/d.wav'];

let server: Postgres;
let studio: Studio;
let ana: Member;
let ben: Member;
let vera: Member;
let studios = 0;

describe.skipIf(skipFor(NO_POSTGRES, 'studio: sharing'))('what is shared as a whole', () => {
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    studio = await Studio.make(server, `sharing${++studios}`);
    [ana, ben, vera] = [
      studio.member('ana', FILES),
      studio.member('ben', FILES),
      studio.member('vera', FILES, 'viewer'),
    ];
    await all();
  });
  afterEach(() => studio.end());

  const all = async () => {
    for (let round = 0; round < 2; round++) for (const member of studio.members) await member.sync();
  };
  const searches = ({ catalogue }: Member) =>
    catalogue.savedSearches.list().map(({ name, query, shared = false }) => [name, query.text ?? '', shared]);
  const save = ({ catalogue }: Member, name: string, text: string, shared = false) => {
    const { id } = catalogue.savedSearches.save(name, { text });
    if (shared) catalogue.savedSearches.setShared(id, true);
    return id;
  };

  describe('saved searches', () => {
    test('a personal one stays here; a shared one is everybody’s, as who changed it last has it', async () => {
      save(ana, 'Mine', 'door');
      save(ana, 'Ours', 'rain', true);
      await all();
      expect(searches(ben)).toEqual([['Ours', 'rain', true]]);
      expect(studio.sql("SELECT count(*) FROM earmark.document WHERE content LIKE '%door%'")).toBe('0');
      save(ben, 'Ours', 'heavy rain');
      await all();
      expect(searches(ana)).toEqual([['Mine', 'door', false], ['Ours', 'heavy rain', true]]); // prettier-ignore
      const versions = ana.catalogue.studio.documents.versions('search', 'ours');
      expect(versions.map(({ author }) => author)).toEqual([ben.login, ana.login]);
      expect(await ben.sync()).toMatchObject({ changesSent: 0, changesReceived: 0 });
    });

    test('changed by two users offline: the later change applies, both are kept, and it is reported', async () => {
      save(ana, 'Ours', 'rain', true);
      await all();
      save(ana, 'Ours', 'rain of ana');
      save(ben, 'Ours', 'rain of ben');
      ben.temporary.db.exec('UPDATE saved_search SET changed_ms = changed_ms + 5');
      await ben.sync();
      await all();
      for (const member of [ana, ben, vera]) expect(searches(member)).toEqual([['Ours', 'rain of ben', true]]);
      const contents = ana.catalogue.studio.documents.versions('search', 'ours').map(({ content }) => content);
      expect(contents).toEqual([expect.stringContaining('of ben'), expect.stringContaining('of ana')]);
      expect(ana.notices).toContainEqual(expect.stringContaining('changed “Ours”'));
    });

    test('made personal it leaves the studio and stays with everybody; shared again it is one', async () => {
      const id = save(ana, 'Ours', 'rain', true);
      await all();
      ana.catalogue.savedSearches.setShared(id, false);
      ana.catalogue.studio.documents.setPersonal('search', 'ours', true);
      await all();
      for (const member of [ana, ben, vera]) expect(searches(member)).toEqual([['Ours', 'rain', false]]);
      ana.catalogue.savedSearches.setShared(id, true);
      ana.catalogue.studio.documents.setPersonal('search', 'ours', false);
      await all();
      for (const member of [ana, ben, vera]) expect(searches(member)).toEqual([['Ours', 'rain', true]]);
    });

    test('removed by one it goes everywhere; a personal one of that name stays as it is', async () => {
      save(ben, 'Ours', 'my own');
      const id = save(ana, 'Ours', 'rain', true);
      await all();
      expect(searches(ben)).toEqual([['Ours', 'my own', false], ['Ours (2)', 'rain', true]]); // prettier-ignore
      ana.catalogue.savedSearches.remove(id);
      await all();
      expect(searches(ben)).toEqual([['Ours', 'my own', false]]);
      expect(searches(vera)).toEqual([]);
    });

    test('who only reads keeps a change, and tells it to nobody', async () => {
      save(ana, 'Ours', 'rain', true);
      await all();
      save(vera, 'Ours', 'snow');
      save(vera, 'Theirs', 'hail', true);
      expect(await vera.sync()).toMatchObject({ kept: 2, changesSent: 0 });
      await all();
      expect(searches(vera)).toEqual([['Ours', 'snow', true], ['Theirs', 'hail', true]]); // prettier-ignore
      expect(searches(ana)).toEqual([['Ours', 'rain', true]]);
    });

    test('folders and collections are named as others have them', async () => {
      const { id } = ana.catalogue.collections.create('Doors');
      ana.catalogue.collections.add(id, [ana.file('a.wav')]);
      const folder = `${ana.catalogue.roots.list()[0]!.path}/c`;
      const like = { likePath: `${folder}/d.wav`, unlike: [{ path: `${folder}/d.wav`, startSeconds: 1 }] };
      const saved = ana.catalogue.savedSearches.save('Ours', { ...like, filters: { folder, collectionId: id } });
      ana.catalogue.savedSearches.setShared(saved.id, true);
      await all();
      const [there] = ben.catalogue.savedSearches.list();
      expect(there?.query.unlike).toEqual([{ path: there?.query.likePath, startSeconds: 1 }]);
      expect(there?.query.filters).toEqual({
        folder: `${ben.catalogue.roots.list()[0]!.path}/c`,
        collectionId: ben.catalogue.collections.idOf('Doors'),
      });
      expect(await ben.sync()).toMatchObject({ changesSent: 0 });
    });

    test('what makes no sense reaches nobody', async () => {
      const contents = [
        ...['{', '[]', '{"name":"Ours","query":{"filters":{"folder":7}}}', '{"name":"Other","query":{"text":"x"}}'],
        '{"name":"Ours","query":{},"folder":{"share":"sfx","path":"../../etc"}}',
      ];
      for (const [at, content] of contents.entries()) {
        const values = `('search', 'ours', 'shared', '${content}', ${at + 1})`;
        studio.sql(`INSERT INTO earmark.document (kind, key, state, content, at_ms) VALUES ${values}
          ON CONFLICT (kind, key, author) DO UPDATE SET content = excluded.content, at_ms = excluded.at_ms`);
        await ben.sync();
        expect(searches(ben)).toEqual([]);
      }
    });
  });

  describe('collections', () => {
    const doors = ({ catalogue }: Member) => catalogue.collections.idOf('Doors');

    test('a personal one stays here, and is shared with all that is in it', async () => {
      const { id } = ana.catalogue.collections.create('Doors');
      ana.catalogue.collections.setPersonal(id, true);
      ana.catalogue.collections.add(id, [ana.file('a.wav')]);
      await all();
      expect(ben.collections()).toEqual({});
      expect(studio.sql('SELECT count(*) FROM earmark.collection')).toBe('0');
      ana.catalogue.collections.setPersonal(id, false);
      await all();
      expect(ben.collections()).toEqual({ Doors: ['a.wav'] });
    });

    test('made personal it leaves the studio, everybody keeps it, and later changes are one’s own', async () => {
      const { id } = ana.catalogue.collections.create('Doors');
      ana.catalogue.collections.add(id, [ana.file('a.wav')]);
      await all();
      ben.catalogue.collections.add(doors(ben), [ben.file('b.wav')]);
      await all();
      ana.catalogue.collections.setPersonal(id, true);
      ben.catalogue.collections.add(doors(ben), [ben.file('c/d.wav')]); // offline, at the same time
      await all();
      ana.catalogue.collections.take(id, [ana.file('a.wav')]);
      await all();
      expect(ana.collections()).toEqual({ Doors: ['b.wav'] });
      expect(ben.collections()).toEqual({ Doors: ['a.wav', 'b.wav', 'c/d.wav'] });
      expect(vera.collections()).toEqual({ Doors: ['a.wav', 'b.wav'] });
      expect(ben.catalogue.collections.list()).toMatchObject([{ personal: true }]);
      // Shared again it is a new one for those who have their own.
      ana.catalogue.collections.setPersonal(id, false);
      await all();
      expect(ben.collections()).toEqual({ Doors: ['a.wav', 'b.wav', 'c/d.wav'], 'Doors (2)': ['b.wav'] });
    });

    test('a viewer’s choice changes nothing for others, and loses nothing when it is taken back', async () => {
      const { id } = ana.catalogue.collections.create('Doors');
      ana.catalogue.collections.add(id, [ana.file('a.wav')]);
      await all();
      vera.catalogue.collections.setPersonal(doors(vera), true);
      await all();
      expect(ben.collections()).toEqual({ Doors: ['a.wav'] });
      vera.catalogue.collections.setPersonal(doors(vera), false);
      await all();
      for (const member of [ana, ben, vera]) expect(member.collections()).toEqual({ Doors: ['a.wav'] });
    });
  });

  describe('vocabularies', () => {
    const of = ({ temporary }: Member) => new Vocabularies(temporary.folder);
    const content = (...labels: string[]) => ({
      ...{ id: 'weapons', name: 'Weapons', version: 1, language: 'en', licence: '', description: '', profile: 'sfx' },
      groups: [{ id: 'all', name: 'All', kind: 'multi' }],
      labels: labels.map((id) => ({ id, name: id, group: 'all', prompts: [id], keywords: [] })),
    });
    const labels = async (member: Member, id = 'weapons') =>
      (await of(member).find(id))?.vocabulary.labels.map((label) => label.id) ?? null;

    test('are shared with author and time; the later version applies, a removed one goes', async () => {
      await of(ana).save(content('sword'));
      await all();
      expect(await labels(ben)).toEqual(['sword']);
      expect(await labels(vera)).toEqual(['sword']);
      await of(ben).save(content('sword', 'axe'));
      await of(vera).save(content('club'));
      await all();
      expect(await labels(ana)).toEqual(['sword', 'axe']);
      expect(await labels(vera)).toEqual(['club']);
      expect(ana.catalogue.studio.documents.versions('vocabulary', 'weapons')).toHaveLength(2);
      await of(ana).remove('weapons');
      await all();
      expect(await labels(ben)).toBeNull();
      expect(await labels(vera)).toEqual(['club']);
    });

    test('one that is made personal stays with everybody, and is nobody else’s business', async () => {
      await of(ana).save(content('sword'));
      await all();
      ana.catalogue.studio.documents.setPersonal('vocabulary', 'weapons', true);
      await all();
      await of(ben).save(content('sword', 'axe'));
      await all();
      expect(await labels(ana)).toEqual(['sword']);
      expect(await labels(ben)).toEqual(['sword', 'axe']);
      ana.catalogue.studio.documents.setPersonal('vocabulary', 'weapons', false);
      await all();
      expect(await labels(ana)).toEqual(['sword']);
      expect(await labels(ben)).toEqual(['sword', 'axe']); // personal since: it is not overwritten
    });

    test('tags that two have made at the same time are all kept', async () => {
      await of(ana).save({ ...content('door'), id: 'mine' });
      await of(ben).save({ ...content('rain'), id: 'mine' });
      await all();
      await all();
      for (const member of [ana, ben, vera])
        expect((await labels(member, 'mine'))?.toSorted()).toEqual(['door', 'rain']);
      expect(await ana.sync()).toMatchObject({ changesSent: 0 });
    });

    test('a file that cannot be read is not removed for others, and a damaged one reaches nobody', async () => {
      await of(ana).save(content('sword'));
      await all();
      writeFileSync(join(ana.temporary.folder, 'vocabularies/weapons.json'), '{');
      await all();
      expect(await labels(ben)).toEqual(['sword']);
      studio.sql(`INSERT INTO earmark.document (kind, key, state, content, at_ms) VALUES ('vocabulary', '../x', 'shared', '{"id":"../x"}', 1), ('vocabulary', 'sfx', 'shared', '${JSON.stringify({ ...content('x'), id: 'sfx' })}', 1)`); // prettier-ignore
      await all();
      expect((await of(ben).all()).found.filter(({ shipped }) => !shipped)).toHaveLength(1);
    });
  });

  describe('learned tags', () => {
    const learn = (member: Member, first: number, accepted = 4) =>
      member.catalogue.heads.keep(
        { tagId: member.tag('door'), spaceId: member.temporary.spaceId, head: Float32Array.from({ length: 10 }, (_, at) => first + at), accepted, rejected: 3, before: 0.5, after: 0.75 },
        `decisions of ${member.login}`,
      ); // prettier-ignore
    const head = ({ catalogue, temporary }: Member) =>
      catalogue.heads.inUse(temporary.spaceId).map(({ head: values }) => values[0]);

    test('the latest one applies, with its figures, and nobody learns again because of it', async () => {
      learn(ana, 1);
      await all();
      for (const member of [ana, ben, vera]) expect(head(member)).toEqual([1]);
      const from = () => ben.catalogue.heads.learntFrom(ben.temporary.spaceId).get(ben.tag('door'));
      expect(from()).toBe('imported');
      learn(ben, 2, 5);
      ben.temporary.db.exec('UPDATE tag_head SET learnt_ms = learnt_ms + 5');
      await all();
      for (const member of [ana, ben, vera]) expect(head(member)).toEqual([2]);
      expect(from()).toBe(`decisions of ${ben.login}`);
      expect([...ana.catalogue.heads.taught(ana.temporary.spaceId).values()]).toMatchObject([
        { accepted: 5, after: 0.75 },
      ]);
      expect(ana.catalogue.heads.learntFrom(ana.temporary.spaceId).get(ana.tag('door'))).toBe(`decisions of ${ana.login}`); // prettier-ignore
      for (const member of [ana, ben]) expect(await member.sync()).toMatchObject({ changesSent: 0 });
    });

    test('a viewer’s stays with the viewer; one that went here is not taken from others', async () => {
      learn(ana, 1);
      await all();
      learn(vera, 9);
      expect(await vera.sync()).toMatchObject({ kept: 1 });
      ana.catalogue.heads.forget(ana.tag('door'), ana.temporary.spaceId);
      await all();
      expect(head(ben)).toEqual([1]);
      expect(head(vera)).toEqual([9]);
    });
  });

  test('after the server was restored to before, members tell again what they have', async () => {
    save(ana, 'Ours', 'rain', true);
    await all();
    studio.sql('DELETE FROM earmark.document; UPDATE earmark.studio SET feed_id = gen_random_uuid()');
    await all();
    expect(studio.sql('SELECT key, author FROM earmark.document')).toBe(`ours|${ana.login}`);
    expect(searches(ben)).toEqual([['Ours', 'rain', true]]);
  });
});
