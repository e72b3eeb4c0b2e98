/** Downloads over https, through proxies, from mirrors, and where there is no network at all. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inspect } from 'node:util';
import { execFileSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { skipFor } from '../../faults/trial.ts';
import { DownloadTrial, trialForEach, LARGE_PATH, PAGE } from './download-trial.ts';
import { dropAfter, makeCertificate, Publisher, startProxy, type Certificate, type Proxy } from './publisher.ts';

const NO_OPENSSL = hasOpenssl() ? null : 'there is no openssl to make a certificate with';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** An address where no server listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

describe.skipIf(skipFor(NO_OPENSSL, 'downloads over https'))('over https', () => {
  let publisher: Publisher;
  let trial: DownloadTrial;
  let proxy: Proxy;
  let certificate: Certificate;
  beforeAll(async () => {
    certificate = makeCertificate();
    publisher = await new Publisher(certificate).start();
    proxy = await startProxy();
  });
  afterAll(async () => {
    await publisher.stop();
    await proxy.stop();
  });
  beforeEach(() => {
    proxy.asked.length = 0;
    proxy.authorisations.length = 0;
    trial = new DownloadTrial(publisher, { mirror: () => null, ca: [certificate.cert] });
    trial.writeList({}, publisher.address);
  });
  afterEach(() => trial.end());

  test('from the publisher itself', async () => {
    await trial.expectInstalled();
    expect(publisher.askedFor(LARGE_PATH)).toHaveLength(1);
  });

  test('who cannot prove who he is, is not trusted, and not asked again', async () => {
    trial.withOptions({ mirror: () => null });
    expect(await trial.expectRefused('download-failed')).toMatch(/certificate of .* could not be verified/);
    trial.withOptions({ mirror: () => publisher.address.replace('localhost', '127.0.0.1'), ca: [certificate.cert] });
    expect(await trial.expectRefused('download-failed')).toMatch(
      /The certificate of “127\.0\.0\.1:\d+” could not be verified/,
    );
    expect(publisher.asked).toEqual([]);
  });

  test('a server without TLS is refused, too', async () => {
    const plain = await new Publisher().start();
    trial.withOptions({ mirror: () => plain.address.replace('http:', 'https:') });
    expect(await trial.expectRefused('download-failed')).toMatch(/could not be verified/);
    await plain.stop();
  });

  test('from encrypted to unencrypted leads no way, not even to the mirror of before', async () => {
    publisher.always(LARGE_PATH, (_, response) => response.writeHead(302, { location: 'http://localhost:1/' }).end());
    expect(await trial.expectRefused('download-failed')).toMatch(/unencrypted/);
  });

  test('through the proxy of the environment, which sees only where to', async () => {
    publisher.next(LARGE_PATH, dropAfter(1000));
    trial.withOptions({ mirror: () => null, ca: [certificate.cert], env: { HTTPS_PROXY: `http://me:secret@${proxy.address}` } }); // prettier-ignore
    await trial.expectInstalled();
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT localhost:${publisher.port}`]));
    expect(proxy.authorisations[0]).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
  });

  test('past it for the hosts of NO_PROXY', async () => {
    const env = { HTTPS_PROXY: `http://${proxy.address}`, NO_PROXY: 'example.org,localhost' };
    trial.withOptions({ mirror: () => null, ca: [certificate.cert], env });
    await trial.expectInstalled();
    expect(proxy.asked).toEqual([]);
  });

  test.each([
    [407, /requires a user name and password.*Add them to HTTPS_PROXY/],
    [403, /refuses the connection \(403\)/],
    [502, /refuses the connection \(502\)/],
  ])('a proxy that says %i', async (status, why) => {
    const refusing = await startProxy(status);
    const env = { https_proxy: `http://me:secret@${refusing.address}` };
    const sentence = await trial.expectRefused('offline', trial.withOptions({ mirror: () => null, env }));
    expect(sentence).toMatch(why);
    expect(sentence).toContain(refusing.address);
    await refusing.stop();
  });
});

describe('unencrypted, from a mirror', () => {
  let publisher: Publisher;
  let trial: DownloadTrial;
  trialForEach((fresh, server) => {
    trial = fresh;
    publisher = server;
  });

  test('below a folder of its own, with a name and a password', async () => {
    for (const [path, content] of [...publisher.files]) publisher.files.set(`/deep/er${path}`, content);
    trial.withOptions({ mirror: () => `http://me:secret@127.0.0.1:${publisher.port}/deep/er/` });
    await trial.expectInstalled();
    const [asked] = publisher.askedFor(`/deep/er${LARGE_PATH}`);
    expect(asked!.headers.authorization).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
  });

  test('whose password reaches no other host and no message', async () => {
    const other = await new Publisher().start();
    const mirror = `http://me:secret@127.0.0.1:${publisher.port}`;
    publisher.always(LARGE_PATH, (_, response) => response.writeHead(302, { location: `${other.address}/x` }).end());
    const sentence = await trial.expectRefused('download-failed', trial.withOptions({ mirror: () => mirror }));
    expect(sentence).not.toContain('secret');
    expect(other.asked).toEqual([]);
    await other.stop();
  });

  test('through the proxy for unencrypted addresses', async () => {
    const proxy = await startProxy();
    trial.withOptions({ env: { http_proxy: `http://${proxy.address}` } });
    await trial.expectInstalled();
    expect(proxy.asked).toContain(`GET ${publisher.address}${LARGE_PATH}`);
    proxy.asked.length = 0;
    await proxy.stop();
    const refusing = await startProxy(407);
    await trial.end();
    trial = new DownloadTrial(publisher, { env: { HTTP_PROXY: `http://${refusing.address}` } });
    expect(await trial.expectRefused('offline')).toMatch(`The proxy “${refusing.address}” requires a user name`);
    await refusing.stop();
  });

  test('no server at that address', async () => {
    const address = await nobody();
    const sentence = await trial.expectRefused('offline', trial.withOptions({ mirror: () => `http://${address}` }));
    expect(sentence).toBe(
      `“${address}” cannot be reached; this machine may be offline. Check the connection and try again. The partial download is kept. Or download it from ${PAGE} and import it with “earmark models import”.`,
    );
  });

  test('a network that goes away in the middle: asked three times, then offline', async () => {
    const gone = await new Publisher().start();
    for (const [path, content] of publisher.files) gone.files.set(path, content);
    gone.next(LARGE_PATH, (request, response, content) => {
      dropAfter(1000)(request, response, content);
      response.on('close', () => void gone.stop());
    });
    const downloads = trial.withOptions({ mirror: () => gone.address });
    expect(await trial.expectRefused('offline', downloads)).toMatch(/cannot be reached/);
    expect(trial.largeSoFar()!.length).toBe(1000);
  });
});

describe('without a network', () => {
  let trial: DownloadTrial;
  trialForEach((fresh) => (trial = fresh), { mirror: () => null });

  test('a name that nobody knows', async () => {
    const sentence = await trial.expectRefused('offline');
    expect(sentence).toMatch(/^“models\.invalid” cannot be reached/);
  });

  test('a proxy that is not there: it is the one that is named, without its password', async () => {
    const address = await nobody();
    const downloads = trial.withOptions({ mirror: () => null, env: { HTTPS_PROXY: `http://me:secret@${address}` } });
    expect(await trial.expectRefused('offline', downloads)).toMatch(`The proxy “${address}” cannot be reached`);
    const named = trial.withOptions({ mirror: () => null, env: { HTTPS_PROXY: 'http://me:secret@proxy.invalid:1' } });
    const error: unknown = await trial.run(named).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'offline', userMessage: expect.stringContaining('“proxy.invalid:1”') as string }); // prettier-ignore
    expect(inspect(error, { depth: 10 })).not.toContain('secret');
  });

  test.each(['socks5://me:secret@127.0.0.1:1', 'me:secret@somewhere'])(
    'a proxy that cannot be used is not passed over: %s',
    async (value) => {
      const downloads = trial.withOptions({ mirror: () => null, env: { https_proxy: value } });
      const sentence = await trial.expectRefused('offline', downloads);
      expect(sentence).toMatch(/The proxy in https_proxy is not supported/);
      expect(sentence).not.toContain('secret');
    },
  );
});
