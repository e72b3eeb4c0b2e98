/** compose.yaml, as far as it can be tried without Docker: it is what the Compose specification allows, and its command works. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { INSTALL_FOLDER } from '../../src/main/files/install.ts';
import { parseAddress } from '../../src/main/studio/address.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const text = readFileSync(join(INSTALL_FOLDER, 'compose.yaml'), 'utf8');
const folder = temporaryFolder('compose');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The part of it that is used. @see https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json */
const compose = z.strictObject({
  services: z.record(
    z.string().regex(/^[a-zA-Z0-9._-]+$/),
    z.strictObject({
      image: z.string().regex(/^[a-z0-9/.-]+:[\w.-]+$/),
      restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
      environment: z.record(z.string(), z.string()),
      command: z.array(z.string()),
      ports: z.array(z.string().regex(/^\d+:\d+$/)),
      volumes: z.array(z.string().regex(/^[a-z]+:\/[\w/]+$/)),
      shm_size: z.string().regex(/^\d+(b|kb?|mb?|gb?)$/),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
});
const { services, volumes } = compose.parse(parse(text, { strict: true, uniqueKeys: true }));
const { studio } = services;

test('what it mounts is declared, and what it replaces has a name and a sentence for when it is missing', () => {
  expect(Object.keys(services)).toEqual(['studio']);
  expect(studio!.volumes.map((volume) => volume.split(':')[0])).toEqual(Object.keys(volumes));
  // Compose replaces a $ anywhere, in the command too: “$HOME” there would become that of who starts it.
  const [, ...variables] = parsed(text).split('$');
  for (const variable of variables) expect(variable).toMatch(/^\{[A-Z_]+:\?[^{}]+\}/);
});

test('docs/studio.md starts and addresses this server', () => {
  const docs = readFileSync(join(INSTALL_FOLDER, 'docs', 'studio.md'), 'utf8');
  expect(docs).toMatch(/^POSTGRES_PASSWORD='.+' docker compose up -d$/m);
  const [url] = /postgres:\/\/owner@\S+/.exec(docs)!;
  const { user, database, port } = parseAddress(url, {});
  const { POSTGRES_USER, POSTGRES_DB } = studio!.environment;
  expect({ user, database }).toEqual({ user: POSTGRES_USER, database: POSTGRES_DB });
  expect(studio!.ports).toEqual([`${port}:5432`]);
});

test('its command makes a certificate once, for the server to show', () => {
  const [certificate, bin] = [join(folder, 'certificate'), join(folder, 'bin')];
  for (const path of [certificate, bin]) mkdirSync(path);
  // Of the image: who owns files there, and what starts PostgreSQL.
  writeFileSync(join(bin, 'chown'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(bin, 'docker-entrypoint.sh'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const run = () => {
    const [shell, ...args] = studio!.command.map((word) => word.replaceAll('/certificate', certificate));
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
    return execFileSync(shell!, args, { env, encoding: 'utf8', stdio: 'pipe' }).trim().split('\n');
  };
  const [crt, key] = ['server.crt', 'server.key'].map((name) => join(certificate, name)) as [string, string];
  expect(run()).toEqual(['postgres', '-c', 'ssl=on', '-c', `ssl_cert_file=${crt}`, '-c', `ssl_key_file=${key}`]);
  expect(new X509Certificate(readFileSync(crt)).checkPrivateKey(createPrivateKey(readFileSync(key)))).toBe(true);
  expect(statSync(key).mode & 0o777).toBe(0o600); // PostgreSQL refuses one that others may read
  const first = readFileSync(crt, 'utf8');
  run();
  expect(readFileSync(crt, 'utf8')).toBe(first);
});

/** Without comments, in which nothing is replaced. */
function parsed(yaml: string): string {
  return JSON.stringify(parse(yaml));
}
