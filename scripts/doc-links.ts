/** `npm run lint:docs` runs it: relative links and anchors in all Markdown files must exist. Web addresses are not checked. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: INSTALL_FOLDER,
  encoding: 'utf8',
});
for (const file of files.split('\n').filter((name) => name !== '' && existsSync(join(INSTALL_FOLDER, name)))) {
  for (const [, link] of prose(file).matchAll(/\]\(([^)\s]+)\)/g)) {
    const problem = /^[a-z]+:/.test(link!) ? null : brokenLink(file, link!);
    if (problem === null) continue;
    console.error(`${file}: ${problem}`);
    process.exitCode = 1;
  }
}

/** @returns what is wrong with it; null when it leads somewhere */
function brokenLink(file: string, link: string): string | null {
  const [path, anchor] = link.split('#') as [string, string | undefined];
  const target = path === '' ? file : join(dirname(file), path);
  if (!existsSync(join(INSTALL_FOLDER, target))) return `${link}: no such file`;
  if (anchor === undefined || anchors(target).includes(anchor)) return null;
  return `${link}: no such heading`;
}

/** Without code, in which brackets are no links. */
function prose(file: string): string {
  return readFileSync(join(INSTALL_FOLDER, file), 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '');
}

/** Of headings, as GitHub forms them. */
function anchors(file: string): string[] {
  const document = readFileSync(join(INSTALL_FOLDER, file), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  return [...document.matchAll(/^#+ +(.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
