/** Downloads that succeed, resume and are stopped; servers that drop connections and change their files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DownloadTrial, trialForEach, LARGE, LARGE_PATH, noise, PAGE } from './download-trial.ts';
import { sha256 } from '../../kit/sha256.ts';
import { dropAfter, Publisher, status, tagOf, type Misbehaviour } from './publisher.ts';
import { until } from '../../kit/until.ts';

let publisher: Publisher;
let trial: DownloadTrial;
trialForEach((fresh, server) => {
  trial = fresh;
  publisher = server;
});

describe('when all goes well', () => {
  test('the model is fetched, checked, installed, and the download is gone', async () => {
    await trial.expectInstalled();
    const { progress } = trial;
    const stages = [...new Set(progress.map(({ stage }) => stage))];
    expect(stages).toEqual(['connecting', 'fetching', 'verifying', 'importing']);
    const counts = progress.map(({ bytes }) => bytes);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    const last = progress.at(-1)!;
    expect(last).toMatchObject({ modelId: 'tiny', bytes: last.total, bytesPerSecond: null });
    expect(progress.filter(({ stage, state }) => stage === 'importing' && state === 'running')).toHaveLength(1);
  });

  test('nothing is sent but the request', async () => {
    await trial.expectInstalled();
    for (const { headers } of publisher.asked) {
      expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
      expect(headers).toMatchObject({ 'user-agent': 'Earmark', 'accept-encoding': 'identity' });
    }
  });

  test('an installed model is not downloaded again, and the list shows it', async () => {
    const [before] = await trial.downloads.known();
    expect(before).toMatchObject({ id: 'tiny', license: 'MIT', page: PAGE, installed: false, partialBytes: 0 });
    await trial.expectInstalled();
    const requests = publisher.asked.length;
    await trial.expectInstalled();
    expect(publisher.asked).toHaveLength(requests);
    expect(await trial.downloads.known()).toMatchObject([{ installed: true, partialBytes: 0 }]);
  });

  test('progress is reported at most ten times a second, with a speed', async () => {
    const pieces = 40;
    publisher.always(LARGE_PATH, (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      let sent = 0;
      const timer = setInterval(() => {
        response.write(content.subarray((sent * content.length) / pieces, (++sent * content.length) / pieces));
        if (sent === pieces) {
          clearInterval(timer);
          response.end();
        }
      }, 25);
    });
    const times: number[] = [];
    trial.onProgress = (progress) => {
      trial.progress.push(progress);
      if (progress.stage === 'fetching') times.push(performance.now());
    };
    await trial.expectInstalled();
    const fetching = trial.progress.filter(({ stage }) => stage === 'fetching');
    expect(fetching.length).toBeLessThan(pieces);
    expect(times.slice(2).every((time, at) => time - times[at + 1]! > 95)).toBe(true);
    const speed = fetching.at(-1)!.bytesPerSecond!;
    expect(speed).toBeGreaterThan(0);
    expect(speed).toBeLessThan(2 * trial.large.length); // it takes a second at least
  });
});

describe('resuming', () => {
  test('a connection that drops twice: each try resumes from what is there', async () => {
    publisher.next(LARGE_PATH, dropAfter(100_000), dropAfter(50_000));
    await trial.expectInstalled();
    expect(trial.ranges()).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
    expect(publisher.askedFor(LARGE_PATH)[1]!.headers['if-range']).toBe(tagOf(trial.large));
  });

  test('one that drops for good: three tries, and what came is kept for the next time', async () => {
    publisher.always(LARGE_PATH, dropAfter(10_000));
    expect(await trial.expectRefused('download-failed')).toMatch(/was lost several times.*kept/);
    expect(trial.ranges()).toHaveLength(3);
    expect(trial.largeSoFar()!.equals(trial.large.subarray(0, 30_000))).toBe(true);
    const [known] = await trial.downloads.known();
    expect(known!.partialBytes).toBeGreaterThan(30_000);
    publisher.behave();
    await trial.expectInstalled();
    expect(trial.ranges().at(-1)).toBe('bytes=30000-');
    expect(trial.progress.at(-1)).toMatchObject({ stage: 'importing' });
  });

  test('as long as it gets on, it may drop more often than that', async () => {
    await trial.end();
    trial = new DownloadTrial(publisher, { largeBytes: 8_000_000 });
    publisher.always(LARGE_PATH, dropAfter(1_500_000));
    await trial.expectInstalled();
    expect(trial.ranges()).toHaveLength(6);
  });

  test('a server that does not know ranges: from the beginning', async () => {
    publisher.next(LARGE_PATH, dropAfter(100_000), (_, response, content) =>
      response.writeHead(200, { 'content-length': content.length, etag: tagOf(content) }).end(content),
    );
    await trial.expectInstalled();
    expect(trial.ranges()).toEqual([undefined, 'bytes=100000-']);
    expect(trial.progress.at(-1)).toMatchObject({ bytes: trial.progress.at(-1)!.total });
  });

  test.each<[string, Misbehaviour]>([
    ['a weak tag', (_, response, content) => {
      response.writeHead(200, { etag: 'W/"1"', 'content-length': content.length });
      response.write(content.subarray(0, 1000), () => response.destroy());
    }], // prettier-ignore
    ['none', (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1000), () => response.destroy());
    }], // prettier-ignore
  ])('with %s nobody knows what the bytes are of: from the beginning', async (_, misbehaviour) => {
    publisher.next(LARGE_PATH, misbehaviour);
    await trial.expectInstalled();
    expect(trial.ranges()).toEqual([undefined, undefined]);
  });

  test('the file changed in between: from the beginning, and the new one is what is kept', async () => {
    trial.writeList({ sha256: undefined });
    publisher.always(LARGE_PATH, dropAfter(50_000));
    await trial.expectRefused('download-failed');
    publisher.behave();
    trial.publish(LARGE, noise(310_000).reverse());
    trial.imports.within = () => Promise.resolve(null); // looked at before it is installed and deleted
    expect(await trial.run()).toBeNull();
    expect(trial.largeSoFar()!.equals(noise(310_000).reverse())).toBe(true);
    expect(trial.ranges().at(-1)).toBe('bytes=150000-');
  });

  const part = (etag: string): Parameters<DownloadTrial['putPart']>[1] => ({ etag, total: 300_000, sha256: null });
  test.each<[string, Misbehaviour]>([
    ['another tag', (_, response, content) => response.writeHead(206, { etag: '"other"', 'content-range': 'bytes 1000-299999/300000' }).end(content.subarray(1000))], // prettier-ignore
    ['a range that was not asked for', (_, response, content) => response.writeHead(206, { 'content-range': 'bytes 900-299999/300000' }).end(content.subarray(900))], // prettier-ignore
    ['another length', (_, response, content) => response.writeHead(206, { 'content-range': 'bytes 1000-300000/300001' }).end(content.subarray(1000))], // prettier-ignore
    ['less than the rest', (_, response, content) => response.writeHead(206, { 'content-range': 'bytes 1000-2000/300000' }).end(content.subarray(1000, 2001))], // prettier-ignore
    ['no range at all', (_, response, content) => response.writeHead(206).end(content.subarray(1000))],
    ['416', status(416, { 'content-range': 'bytes */999' })],
    ['416 without a word', status(416)],
  ])('asked for the rest, it returns status %s: from the beginning', async (_, misbehaviour) => {
    trial.putPart(trial.large.subarray(0, 1000), part(tagOf(trial.large)));
    publisher.next(LARGE_PATH, misbehaviour);
    await trial.expectInstalled();
    expect(trial.ranges()).toEqual(['bytes=1000-', undefined]);
  });

  test('416 because nothing is missing', async () => {
    trial.putPart(trial.large, { etag: tagOf(trial.large), total: null, sha256: null });
    await trial.expectInstalled();
    expect(trial.ranges()).toEqual(['bytes=300000-']);
  });

  test('what is whole is not asked for again, nor is anything else when all is', async () => {
    trial.putPart(trial.large, { etag: null, total: 300_000, sha256: null });
    await trial.expectInstalled();
    expect(trial.ranges()).toEqual([]);
  });

  test('more is there than there should be, and a note that is none: from the beginning', async () => {
    trial.putPart(noise(400_000), part(tagOf(trial.large)));
    await trial.expectInstalled();
    await trial.end();
    trial = new DownloadTrial(publisher);
    trial.putPart(trial.large.subarray(0, 1000), 'nothing' as never);
    await trial.expectInstalled();
    expect(trial.ranges()).toEqual([undefined]);
  });
});

describe('stopping', () => {
  test('in the middle: what came is kept, and the next attempt continues from there', async () => {
    publisher.next(LARGE_PATH, (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length, etag: tagOf(content) });
      response.write(content.subarray(0, 100_000));
    });
    const running = trial.run();
    await until('some came', () => (trial.largeSoFar()?.length ?? 0) === 100_000);
    trial.cancel();
    expect(await running).toBeNull();
    expect(trial.largeSoFar()!.length).toBe(100_000);
    await trial.expectInstalled();
    expect(trial.ranges().at(-1)).toBe('bytes=100000-');
  });

  test('while it waits for the next try', async () => {
    trial.withOptions({ backoffMs: 3_600_000 });
    publisher.next(LARGE_PATH, dropAfter(1000));
    const running = trial.run();
    await until('it waits', () => trial.progress.at(-1)?.stage === 'connecting' && trial.largeSoFar()?.length === 1000);
    trial.cancel();
    expect(await running).toBeNull();
  });

  test('while it is imported: what was downloaded is kept, and nothing is asked for again', async () => {
    trial.onProgress = ({ stage }) => {
      if (stage === 'importing') queueMicrotask(() => trial.cancel());
    };
    expect(await trial.run()).toBeNull();
    expect(readFileSync(join(trial.data, 'downloads/tiny', LARGE)).equals(trial.large)).toBe(true);
    const requests = publisher.asked.length;
    trial.onProgress = () => {};
    await trial.expectInstalled();
    expect(publisher.asked).toHaveLength(requests);
  });

  test('by closing', async () => {
    publisher.next(LARGE_PATH, () => {});
    const running = trial.run();
    await until('it asks', () => trial.ranges().length === 1);
    await trial.jobs.close();
    expect(await running).toBeNull();
  });
});

test('a good server is what these tests measure by', async () => {
  const whole = await fetch(`${publisher.address}${LARGE_PATH}`);
  expect(sha256(Buffer.from(await whole.arrayBuffer()))).toBe(sha256(trial.large));
  const rest = await fetch(`${publisher.address}${LARGE_PATH}`, { headers: { range: 'bytes=299990-' } });
  expect(rest.status).toBe(206);
  expect(Buffer.from(await rest.arrayBuffer()).equals(trial.large.subarray(299_990))).toBe(true);
});
