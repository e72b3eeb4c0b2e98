import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/shared/errors.ts';
import type { FieldEdit } from '../../src/main/writeback/container.ts';
import { editId3, readId3 } from '../../src/main/writeback/id3/edit.ts';
import { fitId3, id3Places } from '../../src/main/writeback/id3/fields.ts';
import { byId, set } from './foreign-readers-kit.ts';
import {
  FOREIGN_FRAMES,
  frameBytes,
  latin,
  syncsafe,
  tagBytes,
  text,
  uint32,
  unsynchronised,
  utf16,
  utf8,
  type HandMadeTag,
} from './id3-tags.ts';

const SOUND_EFFECT = [
  set('TXXX:CATID', 'DOORWood'),
  set('TCON', 'Effects'),
  set('TXXX:MOOD', 'Dark'),
  set('COMM', 'Größe 猫'),
];

function expectEdit(tag: HandMadeTag, edits: readonly FieldEdit[]): Buffer {
  const old = tagBytes(tag);
  const edited = Buffer.from(editId3(old, edits));
  const expected = byId(readId3(old));
  for (const { nativeId, values } of edits) {
    if (values.length > 0) expected[nativeId] = [...values];
    else Reflect.deleteProperty(expected, nativeId);
  }
  expect(byId(readId3(edited))).toEqual(expected);
  return edited;
}

function foreignFrames(version: 3 | 4): Buffer {
  return Buffer.concat(FOREIGN_FRAMES.map((frame) => frameBytes({ version }, frame)));
}

describe.each([3, 4] as const)('ID3v2.%i', (version) => {
  test('frames that nobody edits stay byte for byte in their place, and padding takes the new ones', () => {
    const tag = { version, frames: [...FOREIGN_FRAMES], padding: 500 };
    const edited = expectEdit(tag, SOUND_EFFECT);
    expect(edited.length).toBe(tagBytes(tag).length);
    expect(
      edited
        .subarray(0, 10 + foreignFrames(version).length)
        .equals(tagBytes(tag).subarray(0, 10 + foreignFrames(version).length)),
    ).toBe(true);
    const undone = editId3(
      edited,
      SOUND_EFFECT.map(({ nativeId }) => set(nativeId)),
    );
    expect(Buffer.from(undone).equals(tagBytes(tag))).toBe(true);
  });

  test('without padding the tag grows by what is new, and on request by more', () => {
    const tag = { version, frames: [...FOREIGN_FRAMES] };
    const old = tagBytes(tag);
    const edited = expectEdit(tag, [set('TXXX:CATID', 'DOORWood')]);
    expect(edited.length).toBe(old.length + 10 + 1 + 'CATID'.length + 1 + 'DOORWood'.length);
    expect(editId3(old, [set('TXXX:CATID', 'DOORWood')], 100).length).toBe(edited.length + 100);
    expect(edited.subarray(10, old.length).equals(old.subarray(10))).toBe(true);
  });

  test('an edited frame stays where it stood, and keeps its flags and group', () => {
    const grouped = version === 3 ? 0x4020 : 0x2040;
    const frames = [
      { id: 'TIT2', body: latin('G\0Old title'), flags: grouped },
      { id: 'TPE1', body: text('Somebody') },
    ];
    const edited = expectEdit({ version, frames, padding: 60 }, [set('TIT2', 'New title')]);
    const encoding = version === 3 ? '\0' : '\x03';
    const title = frameBytes({ version }, { id: 'TIT2', body: latin(`G${encoding}New title`), flags: grouped });
    expect(edited.subarray(10, 10 + title.length).equals(title)).toBe(true);
  });

  test('a value of 50 kB, another of one character, and back', () => {
    const tag = { version, frames: [{ id: 'TIT2', body: text('x') }], padding: 10 };
    const long = expectEdit(tag, [set('COMM', 'ä'.repeat(25_000))]);
    expect(byId(readId3(long))['COMM']![0]).toHaveLength(25_000);
    expect(byId(readId3(editId3(long, [set('COMM', 'y')])))).toEqual({ TIT2: ['x'], COMM: ['y'] });
  });

  test('bytes that are no frames are kept behind the new ones', () => {
    const tail = latin('\0\0\0some program left this here');
    const edited = expectEdit({ version, frames: [{ id: 'TIT2', body: text('x') }], tail }, [set('TCON', 'Rock')]);
    expect(edited.subarray(-tail.length).equals(tail)).toBe(true);
    const cut = latin('TPE2\0\0\x7f\x7f\0\0a frame longer than its tag');
    const behindCut = expectEdit({ version, frames: [{ id: 'TIT2', body: text('x') }], tail: cut }, [
      set('TCON', 'Rock'),
    ]);
    expect(behindCut.subarray(-cut.length).equals(cut)).toBe(true);
  });

  test('of several comments the one in English without a description is the comment', () => {
    const frames = [
      { id: 'COMM', body: latin('\0engiTunNORM\x00000A') },
      { id: 'COMM', body: latin('\0deu\0Deutsch') },
      { id: 'COMM', body: latin('\0eng\0English') },
    ];
    const edited = expectEdit({ version, frames }, [set('COMM', 'Changed')]);
    for (const kept of frames.slice(0, 2)) expect(edited.includes(frameBytes({ version }, kept))).toBe(true);
    expect(edited.includes('English')).toBe(false);
  });

  test('frames that are compressed are kept, and the field they hold is refused', () => {
    const flags = version === 3 ? 0x0080 : 0x0009;
    const tag = { version, frames: [{ id: 'TCON', body: Buffer.from('00000020789c', 'hex'), flags }] };
    expectEdit(tag, [set('TIT2', 'x')]);
    expect(() => editId3(tagBytes(tag), [set('TCON', 'Rock')])).toThrow(UserError);
  });

  test('two frames of the same field become one', () => {
    const frames = [
      { id: 'TXXX', body: text('CatId\0AAAA') },
      { id: 'TPE1', body: text('Somebody') },
      { id: 'TXXX', body: text('CATID\0BBBB') },
    ];
    expect(byId(readId3(tagBytes({ version, frames })))['TXXX:CATID']).toEqual(['AAAA', 'BBBB']);
    const edited = expectEdit({ version, frames }, [set('TXXX:CATID', 'CCCC')]);
    expect(edited.includes('BBBB')).toBe(false);
  });

  test('lists take more values, and what was there stays as it was written', () => {
    const body = version === 3 ? text('Caf\xe9') : latin('\x03Caf\xe9');
    const edited = editId3(tagBytes({ version, frames: [{ id: 'TMOO', body }] }), [
      set('TMOO', version === 3 ? 'Café' : 'Caf\ufffd', 'Dark', 'Calm'),
    ]);
    expect(Buffer.from(edited).includes(Buffer.concat([body, latin('\0Dark\0Calm')]))).toBe(true);
  });
});

test('an empty place is filled by a new tag of version 2.4; nothing makes none', () => {
  const made = editId3(null, SOUND_EFFECT, 40);
  expect([...made.subarray(0, 6)]).toEqual([0x49, 0x44, 0x33, 4, 0, 0]);
  expect(byId(readId3(made))).toEqual(
    byId(SOUND_EFFECT.map(({ nativeId, values }) => ({ nativeId, value: values[0]! }))),
  );
  expect([...made.subarray(-40)].every((byte) => byte === 0)).toBe(true);
  expect(editId3(null, [set('TCON')])).toHaveLength(0);
});

test.each([
  ['(17)', ['Rock']],
  ['(17)Rock', ['Rock']],
  ['(17)(6)', ['Rock', 'Grunge']],
  ['(4)Eurodisco', ['Disco', 'Eurodisco']],
  ['((odd)', ['(odd)']],
  ['(RX)', ['Remix']],
  ['(250)', ['(250)']],
  ['17', ['Rock']],
  // One value with a slash in it, as every other reader shows it.
  ['Rock/Pop', ['Rock/Pop']],
  ['Rock\0Pop', ['Rock', 'Pop']],
])('genres of 2.3: %j', (stored, values) => {
  const old = tagBytes({ version: 3, frames: [{ id: 'TCON', body: text(stored) }] });
  expect(byId(readId3(old))['TCON']).toEqual(values);
  const edited = Buffer.from(editId3(old, [set('TCON', ...values, 'Dubby')]));
  expect(edited.includes(text(`${stored}\0Dubby`))).toBe(true);
  expect(byId(readId3(edited))['TCON']).toEqual([...values, 'Dubby']);
  // Taking ours back leaves what was there.
  expect(byId(readId3(editId3(edited, [set('TCON', ...values)])))['TCON']).toEqual(values);
});

test('a genre that begins with a bracket is no reference', () => {
  for (const version of [3, 4] as const) {
    const edited = editId3(tagBytes({ version, frames: [] }), [set('TCON', '(17)')]);
    expect(Buffer.from(edited).includes('((17)')).toBe(true);
    expect(byId(readId3(edited))['TCON']).toEqual(['(17)']);
  }
});

test('2.2 is edited in its own frames', () => {
  const frames = [
    { id: 'TT2', body: text('Old') },
    { id: 'PIC', body: latin('\0PNG\x03\0\x89PNG') },
    { id: 'TXX', body: text('MOOD\0Calm') },
  ];
  const tag: HandMadeTag = { version: 2, frames, padding: 200 };
  expect(byId(readId3(tagBytes(tag)))).toEqual({ TIT2: ['Old'], 'TXXX:MOOD': ['Calm'] });
  const edited = expectEdit(tag, [...SOUND_EFFECT, set('TIT2', 'New'), set('TIT1', 'Group')]);
  for (const id of ['TT2', 'TCO', 'TT1', 'COM']) expect(edited.includes(id)).toBe(true);
  expect(edited.includes(frameBytes(tag, frames[1]!))).toBe(true);
  expect(() => editId3(tagBytes({ version: 2, frames, flags: 0x40 }), [set('TCON', 'x')])).toThrow(/compressed/);
});

test('a tag that is unsynchronised as a whole stays so, foreign frames byte for byte', () => {
  for (const version of [2, 3] as const) {
    const frames =
      version === 3
        ? [...FOREIGN_FRAMES, { id: 'TIT2', body: utf16('Old') }]
        : [
            { id: 'PIC', body: latin('\0PNG\x03\0\xff\xe0\xff\0') },
            { id: 'TT2', body: utf16('Old') },
          ];
    const edited = expectEdit({ version, flags: 0x80, frames, padding: 400 }, [...SOUND_EFFECT, set('TIT2', 'Ÿ猫')]);
    expect(edited.length).toBe(tagBytes({ version, flags: 0x80, frames, padding: 400 }).length);
    for (const frame of frames.slice(0, -1)) {
      // Before a letter, as here, an $FF needs no zero.
      const inPlace = unsynchronised(Buffer.concat([frameBytes({ version }, frame), latin('T')]));
      expect(edited.includes(inPlace.subarray(0, -1))).toBe(true);
    }
    // Nothing in it that a player could take for a frame of sound.
    expect(edited.subarray(10).some((byte, at) => byte === 0xff && (edited[10 + at + 1] ?? 0) >= 0xe0)).toBe(false);
  }
});

test('2.4: frames unsynchronised on their own, with the length before them, and flags that lie', () => {
  const frames = [
    { id: 'TIT2', body: Buffer.concat([syncsafe(9), unsynchronised(utf16('Tön'))]), flags: 0x0003 },
    { id: 'TMOO', body: utf16('Calm'), flags: 0x0002 }, // said to be, and is not
    { id: 'APIC', body: FOREIGN_FRAMES[0]!.body },
  ];
  const tag: HandMadeTag = { version: 4, flags: 0x80, frames, padding: 100 };
  expect(byId(readId3(tagBytes(tag)))).toEqual({ TIT2: ['Tön'], TMOO: ['Calm'] });
  const edited = expectEdit(tag, [set('TMOO', 'Calm', 'Dark'), set('TIT2', 'Other')]);
  expect(edited.includes(frameBytes(tag, frames[2]!))).toBe(true);
});

test('2.4 with the sizes of an old iTunes is read, and gets the sizes of the standard when it is edited', () => {
  const frames = [
    { id: 'APIC', body: FOREIGN_FRAMES[0]!.body },
    { id: 'TIT2', body: text('x'.repeat(300)) },
    { id: 'TCON', body: text('Rock') },
  ];
  const old = tagBytes({ version: 4, plainSizes: true, frames, padding: 500 });
  const edited = Buffer.from(editId3(old, [set('COMM', 'c'.repeat(200))]));
  expect(edited.length).toBe(old.length);
  expect(byId(readId3(edited))).toEqual({ ...byId(readId3(old)), COMM: ['c'.repeat(200)] });
  const comment = { id: 'COMM', body: latin(`\x03eng\0${'c'.repeat(200)}`) };
  for (const frame of [...frames, comment]) expect(edited.includes(frameBytes({ version: 4 }, frame))).toBe(true);
});

test('behind a long last frame of 2.4 there is room for the header that ExifTool looks for', () => {
  const frames = [{ id: 'TIT2', body: text('x'.repeat(300)) }];
  const edited = editId3(tagBytes({ version: 4, frames }), [set('TXXX:EARMARK', 'y'.repeat(130))]);
  expect(Buffer.from(edited).subarray(-11).toString('latin1')).toBe(`y${'\0'.repeat(10)}`);
});

test('a footer follows the header, and there is no padding before it', () => {
  const tag: HandMadeTag = { version: 4, frames: [{ id: 'TIT2', body: utf8('x') }], footer: true };
  const edited = Buffer.from(editId3(tagBytes(tag), [set('TCON', 'Rock')], 1000));
  expect(edited.subarray(-10, -7).toString('latin1')).toBe('3DI');
  expect(edited.subarray(-7).equals(edited.subarray(3, 10))).toBe(true);
  expect(edited.length).toBe(tagBytes(tag).length + 10 + 1 + 'Rock'.length);
  expect(byId(readId3(edited))).toEqual({ TIT2: ['x'], TCON: ['Rock'] });
});

test('extended headers: 2.3 states the padding, 2.4 says what stays; checksums go', () => {
  const padding = (bytes: number, flags = 0) => Buffer.concat([uint32(6), Buffer.from([flags, 0]), uint32(bytes)]);
  const frames = [{ id: 'TIT2', body: text('x') }];
  const edited = expectEdit({ version: 3, extended: padding(100), frames, padding: 100 }, [set('TCON', 'Rock')]);
  expect(edited.subarray(10, 20).equals(padding(100 - 15))).toBe(true);
  const extended24 = Buffer.concat([syncsafe(8), Buffer.from([1, 0x50, 0, 0x40])]);
  const edited24 = expectEdit({ version: 4, extended: extended24, frames, padding: 100 }, [set('TCON', 'Rock')]);
  expect(edited24.subarray(10, 18).equals(extended24)).toBe(true);
  const checked = Buffer.concat([uint32(10), Buffer.from([0x80, 0]), uint32(100), uint32(7)]);
  const without = expectEdit({ version: 3, extended: checked, frames, padding: 100 }, [set('TCON', 'Rock')]);
  // The checksum's four bytes are padding now.
  expect(without.subarray(10, 20).equals(padding(100 + 4 - 15))).toBe(true);
  const checked24 = Buffer.concat([syncsafe(15), Buffer.from([1, 0x70, 0, 5, 1, 2, 3, 4, 5, 1, 0x40])]);
  const without24 = expectEdit({ version: 4, extended: checked24, frames, padding: 100 }, [set('TCON', 'Rock')]);
  expect(without24.subarray(10, 19).equals(Buffer.concat([syncsafe(9), Buffer.from([1, 0x50, 0, 1, 0x40])]))).toBe(true); // prettier-ignore
  const unsynchronised = { version: 3, flags: 0x80, extended: padding(20), frames, padding: 20 } as const;
  const plain = expectEdit(unsynchronised, [set('TCON', 'Rock')]);
  expect([plain[5], plain.toString('latin1', 10, 14)]).toEqual([0x80, 'TIT2']);
});

test('what cannot be understood is refused with a message', () => {
  expect(() => readId3(latin('ID3\x05\0\0\0\0\0\0'))).toThrow(UserError);
  expect(() => readId3(latin('ID3\x03\0\0\0\0\x01\0too short'))).toThrow(UserError);
  expect(() => readId3(latin('ID3\x03\0\x40\0\0\0\x06\xff\xff\xff\xff\0\0'))).toThrow(UserError);
  expect(() => readId3(latin('RIFF'))).toThrow(UserError);
});

test('a tag over 256 MB is refused', () => {
  const picture = (1 << 28) - 30;
  const old = Buffer.alloc(10 + 10 + picture);
  old.set(Buffer.concat([latin('ID3\x03\0\0'), syncsafe(10 + picture), latin('APIC'), uint32(picture)]));
  expect(readId3(old)).toEqual([]);
  expect(() => editId3(old, [set('COMM', 'some ten letters and more')])).toThrow(/256 MB/);
});

test('bytes behind the tag, as a chunk may have them, stay behind it', () => {
  const old = Buffer.concat([tagBytes({ version: 3, frames: [{ id: 'TIT2', body: text('x') }] }), latin('behind')]);
  const edited = Buffer.from(editId3(old, [set('TCON', 'Rock')]));
  expect(edited.subarray(-6).toString('latin1')).toBe('behind');
  expect(byId(readId3(edited))).toEqual({ TIT2: ['x'], TCON: ['Rock'] });
});

test('an edit that changes nothing gives the same bytes', () => {
  const old = tagBytes({ version: 3, frames: [{ id: 'TCON', body: text('(17)Rock') }], padding: 9 });
  expect(Buffer.from(editId3(old, [set('TCON', 'Rock'), set('TMOO')])).equals(old)).toBe(true);
});

test('where the file has it elsewhere, it is written there', () => {
  const moodPlace = (tag: HandMadeTag | null) => id3Places('mood', tag ? readId3(tagBytes(tag)) : [])[0];
  const tmoo = { id: 'TMOO', body: text('x') };
  const txxx = { id: 'TXXX', body: text('Mood\0x') };
  expect(moodPlace(null)).toBe('TXXX:MOOD');
  expect(moodPlace({ version: 3, frames: [] })).toBe('TXXX:MOOD');
  expect(moodPlace({ version: 4, frames: [] })).toBe('TMOO');
  expect(moodPlace({ version: 3, frames: [tmoo] })).toBe('TMOO');
  expect(moodPlace({ version: 4, frames: [txxx] })).toBe('TXXX:MOOD');
  expect(id3Places('grouping', [])).toEqual(['TIT1']);
  expect(id3Places('grouping', [{ nativeId: 'GRP1', value: 'x' }])).toEqual(['GRP1']);
  expect(fitId3('TCON', 'R&B/Soul')).toEqual({ value: 'R&B/Soul', note: '' });
  expect(fitId3('TIT2', 'AC/DC')).toEqual({ value: 'AC/DC', note: '' });
});
