/** Parts of documents that a command writes, between two comments. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';

/**
 * Writes the part anew; with `--check` on the command line it only says whether it is up to date, by the exit code, too.
 * @param path of the document, from the root of the repository
 * @param name in the comments around the part: `<!-- name: written by npm run command -->` and `<!-- end of name -->`
 */
export function writePart(path: string, name: string, command: string, part: string): void {
  const file = join(INSTALL_FOLDER, path);
  const begin = `<!-- ${name}: written by npm run ${command} -->`;
  const end = `<!-- end of ${name} -->`;
  const document = readFileSync(file, 'utf8');
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`“${begin}” or “${end}” is missing from ${path}.`);
  const written = `${before}${begin}\n\n${part}\n\n${end}${after}`;
  if (!process.argv.includes('--check')) writeFileSync(file, written);
  else if (written !== document) {
    console.error(`The ${name} in ${path} are out of date. Run: npm run ${command}`);
    process.exitCode = 1;
  }
}
