import { describe, expect, test } from 'vitest';
import { refusal } from '../../../src/main/host/http/access.ts';

const PORT = 4711;
const own = { host: '127.0.0.1:4711', origin: undefined, secFetchSite: undefined };

describe('may pass', () => {
  test.each([
    ['a program without a browser', own],
    ['by the other name of this machine', { ...own, host: 'localhost:4711' }],
    ['the window itself', { ...own, origin: 'http://127.0.0.1:4711', secFetchSite: 'same-origin' }],
    ['the window by the other name', { host: 'localhost:4711', origin: 'http://localhost:4711', secFetchSite: 'same-origin' }], // prettier-ignore
    ['an address typed by the user', { ...own, secFetchSite: 'none' }],
  ])('%s', (_, request) => {
    expect(refusal(request, PORT)).toBeNull();
  });
});

describe('is refused', () => {
  test.each([
    ['no Host at all', { ...own, host: undefined }],
    ['a name that was pointed here (DNS rebinding)', { ...own, host: 'evil.example:4711' }],
    ['the same with its own page', { ...own, host: 'evil.example:4711', origin: 'http://evil.example:4711' }],
    ['another port of ours', { ...own, host: '127.0.0.1:4712' }],
    ['no port', { ...own, host: '127.0.0.1' }],
    ['another address of this machine', { ...own, host: '127.0.0.2:4711' }],
    ['the IPv6 address', { ...own, host: '[::1]:4711' }],
    ['a name that begins like ours', { ...own, host: 'localhost:4711.evil.example' }],
    ['a name that ends like ours', { ...own, host: 'evil-localhost:4711' }],
    ['with a user before it', { ...own, host: 'me@127.0.0.1:4711' }],
    ['a page of another site', { ...own, origin: 'https://evil.example' }],
    ['a page of another port', { ...own, origin: 'http://127.0.0.1:8080' }],
    ['our own page under another scheme', { ...own, origin: 'https://127.0.0.1:4711' }],
    ['our page by a name other than the one asked', { ...own, origin: 'http://localhost:4711' }],
    ['a file or a sandboxed frame', { ...own, origin: 'null' }],
    ['an empty origin', { ...own, origin: '' }],
    ['a picture in a page of another site', { ...own, secFetchSite: 'cross-site' }],
    ['a picture in a page of another port', { ...own, secFetchSite: 'same-site' }],
    ['a value that no browser sends', { ...own, secFetchSite: 'same-origin, none' }],
  ])('%s', (_, request) => {
    expect(refusal(request, PORT)).toMatch(/^[A-Z].*\.$/);
  });
});

test('port 80 is left out by browsers', () => {
  expect(refusal({ ...own, host: 'localhost' }, 80)).toBeNull();
  expect(refusal({ ...own, host: '127.0.0.1', origin: 'http://127.0.0.1' }, 80)).toBeNull();
  expect(refusal({ ...own, host: 'evil.example' }, 80)).not.toBeNull();
});
