/**
 * `npm run docs:layers`: draws the layers of src/main into docs/architecture.md, from what the files import. With `--check`
 * it only says whether the picture there is up to date.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';
import { writePart } from './generated-part.ts';

const LAYERS = JSON.parse(readFileSync(join(INSTALL_FOLDER, 'scripts', 'layers.json'), 'utf8')) as string[];

const { output } = await cruise(['src/main'], { tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' } });
const imports = importsOf(output as ICruiseResult);
const arrows = LAYERS.flatMap((folder) => shortest(folder).map((below) => `  ${folder} --> ${below}`));
const picture = ['```mermaid', 'flowchart TD', ...arrows, '```'].join('\n');

writePart('docs/architecture.md', 'layers', 'docs:layers', picture);

/** @returns folder → folders that its files import */
function importsOf({ modules }: ICruiseResult): Map<string, Set<string>> {
  const folderOf = (path: string) => /^src\/main\/([^/]+)\//.exec(path)?.[1];
  const found = new Map<string, Set<string>>(LAYERS.map((folder) => [folder, new Set()]));
  for (const { source, dependencies } of modules) {
    const from = folderOf(source);
    for (const { resolved } of dependencies) {
      const to = folderOf(resolved);
      if (from !== undefined && to !== undefined && from !== to) found.get(from)?.add(to);
    }
  }
  return found;
}

/** What a folder imports, without what it reaches through another one anyway: with all arrows nobody could read it. */
function shortest(folder: string): string[] {
  const direct = [...(imports.get(folder) ?? [])];
  return direct
    .filter((target) => !direct.some((other) => other !== target && reaches(other, target)))
    .toSorted((a, b) => LAYERS.indexOf(a) - LAYERS.indexOf(b));
}

function reaches(from: string, to: string): boolean {
  return [...(imports.get(from) ?? [])].some((next) => next === to || reaches(next, to));
}
