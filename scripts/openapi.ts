/**
 * `npm run docs:api`: writes docs/openapi.json from the contract, its checks and its comments; with `--check` it only compares.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { CallName } from '../src/shared/contract.ts';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';
import { openApi } from '../src/main/host/http/openapi.ts';
import { answerSchemas } from './answer-schemas.ts';

const FILE = join(INSTALL_FOLDER, 'docs', 'openapi.json');
const SHARED = join(INSTALL_FOLDER, 'src', 'shared');

const document = `${JSON.stringify(openApi({ summaries: summaries(), ...answerSchemas() }), null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(FILE, document);
else if (readFileSync(FILE, 'utf8') !== document) {
  console.error('docs/openapi.json is out of date. Run: npm run docs:api');
  process.exitCode = 1;
}

/** What the contract says of each call. */
function summaries(): Partial<Record<CallName, string>> {
  const words: Partial<Record<CallName, string>> = {};
  const files = [
    join(SHARED, 'contract.ts'),
    ...readdirSync(join(SHARED, 'calls')).map((name) => join(SHARED, 'calls', name)),
  ];
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    source.forEachChild((node) => {
      if (!ts.isInterfaceDeclaration(node) || !/Calls$/.test(node.name.text)) return;
      for (const member of node.members) {
        if (!ts.isPropertySignature(member) || !ts.isStringLiteral(member.name)) continue;
        words[member.name.text as CallName] = commentOf(member);
      }
    });
  }
  return words;
}

/** Its first paragraph, without tags. */
function commentOf(node: ts.PropertySignature): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(comment?.comment) ?? '';
  return oneLine(text);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
