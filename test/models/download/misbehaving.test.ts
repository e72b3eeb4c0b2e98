/** Downloads from servers that are busy, truncate, lie, stall and send elsewhere. */
import { beforeEach, describe, expect, test } from 'vitest';
import { DownloadTrial, trialForEach, LARGE_PATH, noise, PAGE } from './download-trial.ts';
import { sha256 } from '../../kit/sha256.ts';
import { dropAfter, Publisher, startOf, status, tagOf, type Misbehaviour } from './publisher.ts';

let publisher: Publisher;
let trial: DownloadTrial;
trialForEach((fresh, server) => {
  trial = fresh;
  publisher = server;
});

describe('a server that has overloaded', () => {
  test.each([429, 500, 503])('%i passes', async (code) => {
    publisher.next(LARGE_PATH, status(code), status(code, { 'retry-after': '0' }));
    await trial.expectInstalled();
    expect(trial.ranges()).toHaveLength(3);
  });

  test('for good', async () => {
    publisher.always(LARGE_PATH, status(503));
    expect(await trial.expectRefused('download-failed')).toMatch(/\(503\).*overloaded/);
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
    [404, /was removed/],
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
    ['a shorter file', (_, response, content) => response.end(content.subarray(0, 299_999)), /299999 bytes instead of 300000/], // prettier-ignore
    ['a longer one', (_, response, content) => response.end(Buffer.concat([content, content])), /600000 bytes/],
    ['more than told', (_, response, content) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write(content);
      response.end('!');
    }, /larger than expected/], // prettier-ignore
    ['it compressed', (_, response, content) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(content), /compressed/], // prettier-ignore
    ['another version', (_, response, content) => response.writeHead(200, { 'x-linked-etag': `"${'0'.repeat(64)}"` }).end(content), /its version has changed/], // prettier-ignore
    ['nothing', status(204), /returns status 204/],
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
    expect(await trial.expectRefused('download-failed')).toMatch(/larger than expected/);
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
    expect(await trial.expectRefused('download-failed')).toMatch(
      /“large\.bin” of Tiny does not match the published checksum.*deleted/,
    );
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
    expect(await trial.expectRefused('download-failed')).toMatch(/does not match the published checksum/);
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
    trial.withOptions({ patienceMs: 1000 });
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
      }, 150); // 1.5 s in all
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
    ['a file', 'file:///etc/passwd', /unencrypted address \(file:\)/],
    ['an unencrypted address elsewhere', 'http://localhost:1/x', /unencrypted address \(http:\)/],
    ['data', 'data:text/plain,hi', /unencrypted address \(data:\)/],
    ['what is no address', 'http://', /an invalid address/],
    ['itself', '', /in a loop/],
  ])('to %s are not', async (_, location, why) => {
    publisher.always(LARGE_PATH, status(302, { location: location === '' ? LARGE_PATH : location }));
    const sentence = await trial.expectRefused('download-failed');
    expect(sentence).toMatch(why);
    expect(sentence).toMatch(/Nothing was downloaded from there/);
    expect(trial.ranges()).toHaveLength(1);
  });

  test('without end are not', async () => {
    let hop = 0;
    const further: Misbehaviour = (request, response) => {
      publisher.always(`/hop/${++hop}`, further);
      status(302, { location: `/hop/${hop}` })(request, response, trial.large);
    };
    publisher.always(LARGE_PATH, further);
    expect(await trial.expectRefused('download-failed')).toMatch(/too many times/);
    expect(hop).toBe(11);
  });

  test('302 without an address is no answer', async () => {
    publisher.always(LARGE_PATH, status(302));
    expect(await trial.expectRefused('download-failed')).toMatch(/returns status 302/);
  });
});
