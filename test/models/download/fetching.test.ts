/** Downloads from servers that drop, truncate, lie, change their minds and stall. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../calls/engine-trial.ts';
import { DownloadTrial, trialForEach, LARGE, LARGE_PATH, noise, PAGE } from './download-trial.ts';
import { dropAfter, Publisher, sha256, startOf, tagOf, type Misbehaviour } from './publisher.ts';

let publisher: Publisher;
let trial: DownloadTrial;
trialForEach((fresh, server) => {
  trial = fresh;
  publisher = server;
});

const status =
  (code: number, headers: Record<string, string> = {}): Misbehaviour =>
  (_, response) =>
    response.writeHead(code, headers).end();

describe('when all goes well', () => {
  test('the model is fetched, checked, installed, and the download is gone', async () => {
    await trial.expectInstalled();
    const { progress } = trial;
    const stages = [...new Set(progress.map(({ stage }) => stage))];
    expect(stages).toEqual(['connecting', 'fetching', 'verifying', 'importing']);
    const counts = progress.map(({ bytes }) => bytes);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    const last = progress.at(-1)!;
    expect(last).toMatchObject({ id: 'tiny', bytes: last.total, bytesPerSecond: null });
    expect(progress.filter(({ stage }) => stage === 'importing')).toHaveLength(1);
  });

  test('nothing is sent but the request', async () => {
    await trial.expectInstalled();
    for (const { headers } of publisher.asked) {
      expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
      expect(headers).toMatchObject({ 'user-agent': 'Earmark', 'accept-encoding': 'identity' });
    }
  });

  test('what is installed is not fetched again, and the list says so', async () => {
    const [before] = await trial.downloads.known();
    expect(before).toMatchObject({ id: 'tiny', license: 'MIT', page: PAGE, installed: false, partialBytes: 0 });
    await trial.expectInstalled();
    const requests = publisher.asked.length;
    await trial.expectInstalled();
    expect(publisher.asked).toHaveLength(requests);
    expect(await trial.downloads.known()).toMatchObject([{ installed: true, partialBytes: 0 }]);
  });

  test('progress is told at most ten times a second, with a speed', async () => {
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
    trial.withOptions({
      send: (progress) => {
        trial.progress.push(progress);
        if (progress.stage === 'fetching') times.push(performance.now());
      },
    });
    await trial.expectInstalled();
    const fetching = trial.progress.filter(({ stage }) => stage === 'fetching');
    expect(fetching.length).toBeLessThan(pieces);
    expect(times.slice(2).every((time, at) => time - times[at + 1]! > 95)).toBe(true);
    const speed = fetching.at(-1)!.bytesPerSecond!;
    expect(speed).toBeGreaterThan(0);
    expect(speed).toBeLessThan(2 * trial.large.length); // it takes a second at least
  });
});

describe('going on', () => {
  test('a connection that drops twice: each try goes on from what is there', async () => {
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
    trial.imports.run = () => Promise.resolve(null); // looked at before it is installed and deleted
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
  ])('asked for the rest, it answers with %s: from the beginning', async (_, misbehaviour) => {
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

describe('a server that has too much to do', () => {
  test.each([429, 500, 503])('%i passes', async (code) => {
    publisher.next(LARGE_PATH, status(code), status(code, { 'retry-after': '0' }));
    await trial.expectInstalled();
    expect(trial.ranges()).toHaveLength(3);
  });

  test('for good', async () => {
    publisher.always(LARGE_PATH, status(503));
    expect(await trial.expectRefused('download-failed')).toMatch(/\(503\).*too much to do/);
    expect(trial.ranges()).toHaveLength(3);
  });

  test('it says how long to wait, as seconds or as a date, and that is done', async () => {
    trial.withOptions({ backoffMs: 3_600_000 }); // would not end within the test
    publisher.next(LARGE_PATH, status(503, { 'retry-after': '1' }), status(503, { 'retry-after': new Date(0).toUTCString() })); // prettier-ignore
    const began = performance.now();
    await trial.expectInstalled();
    expect(performance.now() - began).toBeGreaterThan(950);
  });

  test('too long a wait is none', async () => {
    publisher.always(LARGE_PATH, status(503, { 'retry-after': '3600' }));
    await trial.expectRefused('download-failed');
    expect(trial.ranges()).toHaveLength(1);
  });

  test.each([
    [401, /login/],
    [403, /login/],
    [404, /not there any more/],
    [418, /another mirror/],
  ])('%i does not pass', async (code, advice) => {
    publisher.always(LARGE_PATH, status(code));
    const sentence = await trial.expectRefused('download-failed');
    expect(sentence).toMatch(advice);
    expect(sentence).toContain(PAGE);
    expect(sentence).toContain('earmark models import');
    expect(trial.ranges()).toHaveLength(1);
  });
});

describe('a server that does not send what was asked for', () => {
  test.each<[string, Misbehaviour, RegExp]>([
    ['a page, and says so', (_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('hi'), /web page/], // prettier-ignore
    ['a page, and says that it is none', (_, response, content) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.concat([Buffer.from('\n <!DOCTYPE html><title>Login'), content])), /web page/], // prettier-ignore
    ['a shorter file', (_, response, content) => response.end(content.subarray(0, 299_999)), /299999 bytes in place of 300000/], // prettier-ignore
    ['a longer one', (_, response, content) => response.end(Buffer.concat([content, content])), /600000 bytes/],
    ['more than told', (_, response, content) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write(content);
      response.end('!');
    }, /more than there should be/], // prettier-ignore
    ['it compressed', (_, response, content) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(content), /compressed/], // prettier-ignore
    ['another version', (_, response, content) => response.writeHead(200, { 'x-linked-etag': `"${'0'.repeat(64)}"` }).end(content), /another version/], // prettier-ignore
    ['nothing', status(204), /answers with 204/],
  ])('%s', async (_, misbehaviour, why) => {
    publisher.always(LARGE_PATH, misbehaviour);
    expect(await trial.expectRefused('download-failed')).toMatch(why);
    expect(trial.ranges()).toHaveLength(1);
    publisher.behave();
    await trial.expectInstalled();
  });

  test('no end of bytes, where the size is known only about', async () => {
    trial.writeList({ sha256: undefined, bytes: 10_000 });
    let sent = 0;
    publisher.always(LARGE_PATH, (_, response) => {
      const piece = noise(8192);
      response.on('error', () => {});
      const more = () => {
        if (response.destroyed) return;
        sent += piece.length;
        response.write(piece, more);
      };
      more();
    });
    expect(await trial.expectRefused('download-failed')).toMatch(/more than there should be/);
    expect(trial.largeSoFar()!.length).toBe(0);
    expect(sent).toBeGreaterThan(10_000);
  });

  test('a body without a length is taken as it comes', async () => {
    publisher.always(LARGE_PATH, (_, response, content) => {
      response.write(content.subarray(0, 5));
      response.end(content.subarray(5));
    });
    await trial.expectInstalled();
  });

  test('other bytes than its hash says: deleted, and the next try begins anew', async () => {
    publisher.next(LARGE_PATH, (_, response, content) => response.end(Buffer.from(content).fill(0, 5, 6)));
    expect(await trial.expectRefused('download-failed')).toMatch(/“large\.bin” of Tiny arrived damaged.*deleted/);
    expect(trial.largeSoFar()).toBeNull();
    await trial.expectInstalled();
    expect(trial.ranges()).toEqual([undefined, undefined]);
    expect(publisher.askedFor('/maker/tiny/audio.onnx')).toHaveLength(1); // what was right stayed
  });

  test('where the list has no hash, the one of the publisher counts', async () => {
    trial.writeList({ sha256: undefined });
    const cdn = '/cdn/large';
    publisher.files.set(cdn, trial.large);
    const redirect = (linked: string): Misbehaviour => status(302, { location: cdn, 'x-linked-etag': `"${linked}"` });
    publisher.next(LARGE_PATH, redirect('1'.repeat(64)));
    expect(await trial.expectRefused('download-failed')).toMatch(/arrived damaged/);
    publisher.next(LARGE_PATH, redirect(sha256(trial.large).toUpperCase()));
    await trial.expectInstalled();
  });

  test('a length that is a lie, where nothing else is known: it is not taken for the whole', async () => {
    trial.writeList({ sha256: undefined });
    publisher.always(LARGE_PATH, (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length + 10 });
      response.write(content, () => response.destroy());
    });
    await trial.expectRefused('download-failed');
  });
});

describe('a server that stalls', () => {
  beforeEach(() => {
    trial.withOptions({ patienceMs: 150 });
  });

  test.each<[string, Misbehaviour]>([
    ['before it answers', () => {}],
    ['in the middle', (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length, etag: tagOf(content) });
      response.write(content.subarray(0, 1000));
    }], // prettier-ignore
    ['by a byte now and then', (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length, etag: tagOf(content) });
      let sent = 0;
      const timer = setInterval(() => {
        if (response.destroyed) clearInterval(timer);
        else response.write(content.subarray(sent, ++sent));
      }, 20);
    }], // prettier-ignore
    ['by a letter of its headers now and then', (request) => {
      const text = `HTTP/1.1 200 OK\r\nx-slow: ${'y'.repeat(10_000)}`;
      let sent = 0;
      const timer = setInterval(() => {
        if (request.socket.destroyed) clearInterval(timer);
        else request.socket.write(text[sent++]!);
      }, 20);
    }], // prettier-ignore
  ])('%s: it is asked again', async (_, misbehaviour) => {
    publisher.next(LARGE_PATH, misbehaviour);
    await trial.expectInstalled();
    expect(trial.ranges()).toHaveLength(2);
  });

  test('for good', async () => {
    publisher.always(LARGE_PATH, () => {});
    expect(await trial.expectRefused('download-failed')).toMatch(/was lost several times/);
    expect(trial.ranges()).toHaveLength(3);
  });

  test('no sooner than there is reason to: slow and steady arrives', async () => {
    publisher.always(LARGE_PATH, (request, response, content) => {
      const from = startOf(request);
      response.writeHead(200, { 'content-length': content.length, etag: tagOf(content) });
      let sent = from;
      const timer = setInterval(() => {
        response.write(content.subarray(sent, (sent += 30_000)));
        if (sent >= content.length) {
          clearInterval(timer);
          response.end();
        }
      }, 40); // 400 ms in all
    });
    await trial.expectInstalled();
    expect(trial.ranges()).toHaveLength(1);
  });
});

describe('redirects', () => {
  test('are followed, also relative ones, and keep the rest of the request', async () => {
    publisher.files.set('/cdn/b', trial.large);
    publisher.always(LARGE_PATH, status(307, { location: '/cdn/a' }));
    publisher.always('/cdn/a', status(302, { location: 'b?signed=yes' }));
    publisher.next('/cdn/b', dropAfter(1000));
    await trial.expectInstalled();
    expect(publisher.askedFor('/cdn/b').map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=1000-']);
  });

  test.each([
    ['a file', 'file:///etc/passwd', /not encrypted \(file:\)/],
    ['an unencrypted address elsewhere', 'http://localhost:1/x', /not encrypted \(http:\)/],
    ['data', 'data:text/plain,hi', /not encrypted \(data:\)/],
    ['what is no address', 'http://', /no address/],
    ['itself', '', /in a circle/],
  ])('to %s are not', async (_, location, why) => {
    publisher.always(LARGE_PATH, status(302, { location: location === '' ? LARGE_PATH : location }));
    const sentence = await trial.expectRefused('download-failed');
    expect(sentence).toMatch(why);
    expect(sentence).toMatch(/Nothing was fetched from there/);
    expect(trial.ranges()).toHaveLength(1);
  });

  test('without end are not', async () => {
    let hop = 0;
    const further: Misbehaviour = (request, response) => {
      publisher.always(`/hop/${++hop}`, further);
      status(302, { location: `/hop/${hop}` })(request, response, trial.large);
    };
    publisher.always(LARGE_PATH, further);
    expect(await trial.expectRefused('download-failed')).toMatch(/again and again/);
    expect(hop).toBe(11);
  });

  test('302 without an address is no answer', async () => {
    publisher.always(LARGE_PATH, status(302));
    expect(await trial.expectRefused('download-failed')).toMatch(/answers with 302/);
  });
});

describe('stopping', () => {
  test('in the middle: what came is kept, and the next try goes on from there', async () => {
    publisher.next(LARGE_PATH, (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length, etag: tagOf(content) });
      response.write(content.subarray(0, 100_000));
    });
    const running = trial.run();
    await until('some came', () => (trial.largeSoFar()?.length ?? 0) === 100_000);
    trial.downloads.cancel();
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
    trial.downloads.cancel();
    expect(await running).toBeNull();
  });

  test('while it is imported: what was downloaded is kept, and nothing is asked for again', async () => {
    trial.withOptions({
      send: ({ stage }) => {
        if (stage === 'importing') queueMicrotask(() => trial.downloads.cancel());
      },
    });
    expect(await trial.run()).toBeNull();
    expect(readFileSync(join(trial.data, 'downloads/tiny', LARGE)).equals(trial.large)).toBe(true);
    const requests = publisher.asked.length;
    trial.withOptions({});
    await trial.expectInstalled();
    expect(publisher.asked).toHaveLength(requests);
  });

  test('by closing', async () => {
    publisher.next(LARGE_PATH, () => {});
    const running = trial.run();
    await until('it asks', () => trial.ranges().length === 1);
    await trial.downloads.close();
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
