import { chmodSync, readFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeFile, identifyFile } from '../../src/main/decode/decode-file.ts';
import { claimsAudio } from '../../src/main/decode/sniff.ts';
import { PLAN, failure, decode, decodeInto, libav, still, testFolder } from './decode.ts';
import { encode, encodeFilm, noise, sine, wavBytes, writeWav } from './make-audio.ts';

const at = testFolder();
const pass = { library: libav, beat: still };
const nowhere = { write: () => Promise.resolve() };

function put(name: string, bytes: Buffer | string): string {
  writeFileSync(at(name), bytes);
  return at(name);
}

/** A 1 × 1 picture. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test.each(['f32', 'f64'] as const)('%s far above full scale is decoded as it is', async (samples) => {
  const loud = sine(1, PLAN.sampleRate, 440, 9);
  writeWav(at(`loud-${samples}.wav`), [loud], PLAN.sampleRate, samples);
  const { report, windows } = await decode(at(`loud-${samples}.wav`));
  expect(report.warnings).toEqual([]);
  expect(report.peakDb).toBeCloseTo(20 * Math.log10(9), 1);
  expect(windows[0]!.samples.slice(0, loud.length)).toEqual(loud);
});

describe('not audio', () => {
  const randomBytes = Buffer.from(noise(1, 20_000, 1, 99).buffer);
  test.each([
    { name: 'garbage.wav', bytes: randomBytes, says: 'not a supported audio format' },
    { name: 'garbage.mp3', bytes: randomBytes, says: 'not a supported audio format' },
    { name: 'forty.flac', bytes: randomBytes.subarray(0, 40), says: 'not a supported audio format' },
    { name: 'notes.wav', bytes: Buffer.from('These are the notes of the session.\n'.repeat(50)), says: 'plain text' },
    { name: 'cover.ogg', bytes: PNG, says: 'image/png' },
    { name: 'list.mp3', bytes: Buffer.from('#EXTM3U\n#EXTINF:1,x\nhttp://localhost:1/x.mp3\n'), says: 'plain text' },
    { name: 'concat.wav', bytes: Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n"), says: 'plain text' },
  ])('$name is refused by name, and skipped without one', async ({ name, bytes, says }) => {
    const path = put(name, bytes);
    const { code, sentence } = await failure(decode(path));
    expect(code).toBe('not-audio');
    expect(sentence).toContain(name);
    expect(sentence).toContain(says);
    const plain = put(`${name}.bin`, bytes);
    expect(await decodeFile({ path: plain }, 1, PLAN, nowhere, pass)).toEqual({ notAudio: true });
    expect(await identifyFile({ path: plain }, pass)).toEqual({ notAudio: true, contentId: null, format: null });
  });

  test('MPEG audio in free format is called that; two bytes of it are not enough', async () => {
    const frame = Buffer.from(noise(1, 104, 1, 5).buffer);
    frame.fill('\xff\xfb\x00\xc4', 0, 4, 'latin1');
    const padded = Buffer.concat([frame, Buffer.of(0)]);
    padded[2]! |= 2;
    const bytes = Buffer.concat([...Array<Buffer>(6).fill(frame), padded, frame, padded]);
    for (const lead of [Buffer.alloc(0), Buffer.from('ID3\x04\0\0\0\0\0\x0a0123456789', 'latin1')]) {
      const { code, sentence } = await failure(decode(put('free.mp3', Buffer.concat([lead, bytes]))));
      expect(code).toBe('unsupported-format');
      expect(sentence).toMatch(/free format.*Convert it/);
    }
    const { code, sentence } = await failure(decode(put('chance.mp3', Buffer.concat([frame, randomBytes]))));
    expect(code).toBe('not-audio');
    expect(sentence).toMatch(/not a supported audio format/);
  });

  test('the hint replaces a missing extension', async () => {
    const path = put('temporary', 'text');
    const request = { path, extensionHint: '.wav' };
    expect((await failure(decodeFile(request, 1, PLAN, nowhere, pass))).code).toBe('not-audio');
  });

  test('a film is skipped; with an audio extension, its audio track is decoded, or reported missing', async () => {
    encodeFilm(at('film.mkv'), true);
    encodeFilm(at('film.mka'), true);
    encodeFilm(at('silent film.mkv'), false);
    encodeFilm(at('silent film.mka'), false);
    expect(await decodeFile({ path: at('film.mkv') }, 1, PLAN, nowhere, pass)).toEqual({ notAudio: true });
    expect(await decodeFile({ path: at('silent film.mkv') }, 1, PLAN, nowhere, pass)).toEqual({ notAudio: true });
    expect((await decode(at('film.mka'))).report).toMatchObject({
      codec: 'pcm_s16le',
      durationSeconds: 1,
      channels: 1,
    });
    expect((await failure(decode(at('silent film.mka')))).code).toBe('no-audio-stream');
  });

  test('empty files', async () => {
    const { code, sentence } = await failure(decode(put('empty.wav', '')));
    expect(code).toBe('empty-file');
    expect(sentence).toContain('empty.wav');
    expect(await decodeFile({ path: put('empty.txt', '') }, 1, PLAN, nowhere, pass)).toEqual({ notAudio: true });
  });

  test('claimsAudio goes by the extension, in any case', () => {
    expect(['a.wav', 'b.FLAC', '/x.y/c.Mp3', 'd.opus', 'e.m4a', 'f.aifc'].every((path) => claimsAudio(path))).toBe(
      true,
    );
    expect(['a.txt', 'wav', '.wav', 'c.wav.part', 'd', 'e.mp4', 'constructor'].some((path) => claimsAudio(path))).toBe(
      false,
    );
  });
});

describe('damaged audio', () => {
  const sound = noise(10, 44_100, 0.3);

  test.each([
    { name: 'cut.wav', muxer: 'wav', encoder: 'pcm_s16le' },
    { name: 'cut.aiff', muxer: 'aiff', encoder: 'pcm_s16be' },
    { name: 'cut.w64', muxer: 'w64', encoder: 'pcm_s16le' },
    { name: 'cut.caf', muxer: 'caf', encoder: 'pcm_s16be' },
    { name: 'cut.flac', muxer: 'flac', encoder: 'flac' },
    { name: 'cut.mp3', muxer: 'mp3', encoder: 'libmp3lame' },
    { name: 'cut.ogg', muxer: 'ogg', encoder: 'libvorbis' },
    { name: 'cut.wv', muxer: 'wv', encoder: 'wavpack' },
    { name: 'cut.wma', muxer: 'asf', encoder: 'wmav2' },
    { name: 'cut.m4a', muxer: 'ipod', encoder: 'aac', muxerOptions: { movflags: 'faststart' } },
  ])('$name: what is there is decoded, with a warning', async ({ name, ...options }) => {
    encode(at(name), [sound], 44_100, options);
    expect((await decode(at(name))).report.warnings).toEqual([]);
    truncateSync(at(name), Math.round(readFileSync(at(name)).length * 0.6));
    const { report, windows } = await decode(at(name));
    expect(report.warnings.map(({ code }) => code)).toEqual(['partial']);
    expect(report.durationSeconds).toBeGreaterThan(4);
    expect(report.durationSeconds).toBeLessThan(7);
    expect(windows.length).toBe(report.windowCount);
    expect(windows.length).toBeGreaterThanOrEqual(1);
  });

  test('a hole in the middle', async () => {
    encode(at('hole.flac'), [sound], 44_100, { muxer: 'flac', encoder: 'flac' });
    const bytes = readFileSync(at('hole.flac'));
    bytes.fill(0, bytes.length / 2, bytes.length / 2 + 60_000);
    writeFileSync(at('hole.flac'), bytes);
    const { report } = await decode(at('hole.flac'));
    expect(report.warnings.map(({ code }) => code)).toEqual(['partial']);
    expect(report.durationSeconds).toBeGreaterThan(5);
  });

  test('nothing left of it', async () => {
    const wav = wavBytes([sound], 44_100, 's16');
    for (const [name, bytes] of [
      ['header.wav', wav.subarray(0, 44)],
      ['header.flac', readFileSync(at('cut.flac')).subarray(0, 60)],
      [
        'index-lost.m4a',
        (encode(at('tail.m4a'), [sound], 44_100, { muxer: 'ipod', encoder: 'aac' }),
        readFileSync(at('tail.m4a')).subarray(0, 40_000)),
      ],
      ['header.ogg', readFileSync(at('cut.ogg')).subarray(0, 300)],
    ] as const) {
      const { code, sentence } = await failure(decode(put(name, bytes)));
      expect(code, name).toBe('undecodable-audio');
      expect(sentence, name).toContain(name);
    }
  });

  test('NaN, infinities and absurd values become silence', async () => {
    const samples = sine(1, 32_000, 440);
    samples.fill(NaN, 1000, 1100);
    samples[2000] = Infinity;
    samples[2001] = -1e20;
    writeWav(at('nan.wav'), [samples], 32_000, 'f32');
    const { report, windows } = await decode(at('nan.wav'));
    expect(report.warnings.map(({ code }) => code)).toEqual(['invalid-samples']);
    expect(report.warnings[0]!.message).toContain('102 samples');
    expect(windows[0]!.samples.every((x) => Math.abs(x) <= 0.5)).toBe(true);
    expect(report.loudnessLufs).toBeGreaterThan(-15);
    expect(report.peakDb).toBeCloseTo(-6.02, 1);
    const nothing = new Float32Array(32_000).fill(NaN);
    writeWav(at('all-nan.wav'), [nothing], 32_000, 'f32');
    expect((await decode(at('all-nan.wav'))).report.warnings.map(({ code }) => code)).toEqual([
      'invalid-samples',
      'silent',
    ]);
  });

  test('silence, and frequencies that the sample rate cannot represent', async () => {
    writeWav(at('silent.wav'), [new Float32Array(320_000)], 32_000);
    const silent = await decode(at('silent.wav'));
    expect(silent.windows).toEqual([]);
    expect(silent.report).toMatchObject({ windowCount: 0, loudnessLufs: null, peakDb: -Infinity });
    expect(silent.report.warnings).toEqual([
      { code: 'silent', message: 'The file is silent: no sample exceeds −90 dBFS.' },
    ]);
    writeWav(at('bat.wav'), [sine(1, 192_000, 45_000)], 192_000, 's24');
    const bat = await decode(at('bat.wav'));
    // The edges of the sound are clicks that remain; the middle is gone.
    expect(bat.windows[0]?.samples.subarray(500, 31_500).every((x) => Math.abs(x) < 1e-4) ?? true).toBe(true);
  });
});

describe('names and formats that disagree', () => {
  test.each([
    { name: 'really-mp3.wav', muxer: 'mp3', encoder: 'libmp3lame', format: 'mp3' },
    { name: 'really-wav.mp3', muxer: 'wav', encoder: 'pcm_s16le', format: 'wav' },
    { name: 'really-ogg.m4a', muxer: 'ogg', encoder: 'libvorbis', format: 'ogg' },
    { name: 'really-au.flac', muxer: 'au', encoder: 'pcm_s16be', format: 'other' },
  ])('$name is decoded, with a warning about its name', async ({ name, muxer, encoder, format }) => {
    encode(at(name), [sine(1, 44_100, 440)], 44_100, { muxer, encoder });
    const { report } = await decode(at(name));
    expect(report.format).toBe(format);
    expect(report.warnings.map(({ code }) => code)).toEqual(['wrong-extension']);
    expect(report.warnings[0]!.message).toContain(name.split('.').at(-1));
  });

  test('a name without an audio extension is no matter', async () => {
    writeWav(at('sound.dat'), [sine(1, 44_100, 440)], 44_100);
    expect((await decode(at('sound.dat'))).report.warnings).toEqual([]);
  });

  test.each([
    'päck/🎧🎵.wav',
    'line\nbreak.wav',
    'quote\'"$(x).wav',
    'http:x.wav',
    'a?b#c%20d.wav',
    `${'n'.repeat(246)}.wav`,
    `${'ü'.repeat(120)}.wav`,
  ])('a file named %j', async (name) => {
    const path = at(name.replace('/', '∕'));
    writeWav(path, [sine(0.1, 32_000, 440)], 32_000);
    const { report } = await decode(path);
    expect(report).toMatchObject({ windowCount: 1, warnings: [] });
    rmSync(path);
    const { code, sentence } = await failure(decode(path));
    expect(code).toBe('vanished');
    expect(sentence).not.toContain('\n');
    expect(sentence.length).toBeLessThan(200);
    expect(basename(path).startsWith(sentence.slice(1, 3)) || name.includes('\n')).toBe(true);
  });
});

describe('files that change or cannot be read', () => {
  const long = noise(20, 32_000);
  function during(act: () => void) {
    let acted = false;
    return {
      write: () => {
        if (!acted) act();
        acted = true;
        return Promise.resolve();
      },
    };
  }

  test('written to while it is read', async () => {
    writeWav(at('growing.wav'), [long], 32_000);
    const grow = () => writeFileSync(at('growing.wav'), 'more', { flag: 'a' });
    expect((await failure(decodeInto(at('growing.wav'), during(grow)))).code).toBe('changed-while-reading');
    writeWav(at('touched.wav'), [long], 32_000);
    const touch = () => utimesSync(at('touched.wav'), 1, 1);
    expect((await failure(decodeInto(at('touched.wav'), during(touch)))).code).toBe('changed-while-reading');
  });

  test('cut short while it is read', async () => {
    writeWav(at('shrinking.wav'), [long], 32_000);
    const shrink = () => truncateSync(at('shrinking.wav'), 1000);
    expect((await failure(decodeInto(at('shrinking.wav'), during(shrink)))).code).toBe('changed-while-reading');
  });

  test('replaced by another of the same size and time', async () => {
    writeWav(at('first.wav'), [long], 32_000);
    writeWav(at('second.wav'), [long], 32_000);
    utimesSync(at('first.wav'), 1000, 1000);
    utimesSync(at('second.wav'), 1000, 1000);
    const replace = () => renameSync(at('second.wav'), at('first.wav'));
    expect((await failure(decodeInto(at('first.wav'), during(replace)))).code).toBe('changed-while-reading');
  });

  test('deleted while it is read', async () => {
    writeWav(at('deleted.wav'), [long], 32_000);
    expect(
      (
        await failure(
          decodeInto(
            at('deleted.wav'),
            during(() => rmSync(at('deleted.wav'))),
          ),
        )
      ).code,
    ).toBe('vanished');
  });

  test('missing files, folders, and paths through files', async () => {
    expect((await failure(decode(at('never.wav')))).code).toBe('vanished');
    expect((await failure(decode(`${at('growing.wav')}/x.wav`))).code).toBe('vanished');
    expect((await failure(decode(at('.')))).code).toBe('unreadable-file');
    expect((await failure(identifyFile({ path: at('never.wav') }, pass))).code).toBe('vanished');
  });

  const isRoot = process.getuid?.() === 0;
  if (isRoot)
    process.stdout.write(
      'skipped here: root may read everything; the decoder process is tested as another user instead\n',
    );
  test.skipIf(isRoot)('without permission', async () => {
    writeWav(at('secret.wav'), [long], 32_000);
    chmodSync(at('secret.wav'), 0);
    const { code, sentence } = await failure(decode(at('secret.wav')));
    expect(code).toBe('no-permission');
    expect(sentence).toContain('secret.wav');
  });
});
