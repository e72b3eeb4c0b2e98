/** Addresses of servers: what they may say, what is encrypted, and that no password is ever repeated. */
import { describe, expect, test } from 'vitest';
import { describeAddress, parseAddress } from '../../src/main/studio/address.ts';

const NO_ENVIRONMENT = {};
const parse = (url: string, environment: NodeJS.ProcessEnv = NO_ENVIRONMENT) => parseAddress(url, environment);

test('user, password, server and database', () => {
  expect(parse('postgres://ana:p%40ss%2Fword@nas.local:5433/studio')).toEqual({
    ...{ host: 'nas.local', port: 5433, database: 'studio', user: 'ana', password: 'p@ss/word' },
    ...{ sslMode: 'verify-full', sslRootCertificate: null },
  });
  expect(parse('postgresql://ana@[::1]/studio')).toMatchObject({ host: '::1', port: 5432, password: '' });
});

test('a password of the environment, which counts where the URL has none', () => {
  const environment = { PGPASSWORD: 'secret' };
  expect(parse('postgres://ana@nas.local/studio', environment).password).toBe('secret');
  expect(parse('postgres://ana:own@nas.local/studio', environment).password).toBe('own');
});

test.each([
  ['postgres://ana@/studio?host=/run/postgresql', '/run/postgresql', '/run/postgresql/studio'],
  ['postgres:///studio?host=/run/postgresql', null, null],
  ['postgres://ana@nas.local/studio', 'nas.local', 'nas.local:5432/studio'],
  ['postgres://ana@[fe80::1]/studio', 'fe80::1', '[fe80::1]:5432/studio'],
])('%s', (url, host, shown) => {
  if (host === null) expect(() => parse(url)).toThrow('The user is missing.');
  else expect([parse(url).host, describeAddress(parse(url))]).toEqual([host, shown]);
});

describe('what passes a network is encrypted, and the certificate is looked at', () => {
  test.each([
    ['postgres://ana@nas.local/studio', 'verify-full'],
    ['postgres://ana@192.168.1.5/studio', 'verify-full'],
    ['postgres://ana@127.0.0.1.evil.example/studio', 'verify-full'],
    ['postgres://ana@nas.local/studio?sslmode=require', 'require'],
    ['postgres://ana@nas.local/studio?sslmode=disable', 'disable'],
    ['postgres://ana@127.0.0.1/studio', 'disable'],
    ['postgres://ana@localhost/studio', 'disable'],
    ['postgres://ana@localhost/studio?sslmode=verify-full', 'verify-full'],
    ['postgres://ana@/studio?host=/run/postgresql', 'disable'],
  ])('%s: %s', (url, sslMode) => expect(parse(url).sslMode).toBe(sslMode));
});

test.each([
  ['', 'It is not a URL.'],
  ['nas.local/studio', 'It is not a URL.'],
  ['https://ana:secret@nas.local/studio', 'It must begin with “postgres://”.'],
  ['postgres://ana:secret@nas.local', 'The database is missing.'],
  ['postgres://ana:secret@nas.local/a/b', 'The database is missing.'],
  ['postgres://nas.local/studio', 'The user is missing.'],
  ['postgres://ana:secret@nas.local/studio?sslmode=prefer', 'The value of sslmode is unknown.'],
  ['postgres://ana:secret@nas.local/studio?options=-c%20x', 'An option is unknown.'],
  ['postgres://ana:secret@nas.local/studio?port=0', 'The port must be a number from 1 to 65535.'],
  ['postgres://ana:secret%@nas.local/studio', 'A “%” must be followed by two hexadecimal digits.'],
])('refused: %s', (url, sentence) => {
  const refuse = () => parse(url);
  expect(refuse).toThrow(`The address of the studio is not valid. ${sentence}`);
  expect(refuse).not.toThrow(/secret/);
});

test.each([
  'postgres://ana:?S3kret@nas.local/studio',
  'postgres://ana:12?S3kret@nas.local/studio',
  'postgres://ana:12?sslmode=S3kret@nas.local/studio',
  'postgres://ana@nas.local/studio?sslmode=S3kret',
  'postgres://ana@nas.local/studio?port=S3kret',
  'postgres://ana:12#S3kret@nas.local/studio',
  'postgres://ana:12/S3kret@nas.local/studio',
  'postgres://ana:12/S3kret@nas.local',
  'postgres://ana:@S3kret/w0rd#@nas.local/studio',
  'postgres://ana:@S3kret/w0rd@nas.local',
  'postgres://ana:S3kret?@nas.local/studio',
  'postgres://ana:S3kret/@nas.local/studio',
])('a password that ends the URL too early is not repeated: %s', (url) => {
  expect(() => parse(url)).toThrow('The address of the studio is not valid.');
  expect(() => parse(url)).not.toThrow(/S3kret|w0rd/);
});
