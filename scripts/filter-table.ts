/** `npm run docs:filters`: writes README's table of the filters from their registry; with `--check` it only compares. */
import { FILTER_KEYS } from '../src/shared/query/filters.ts';
import { filterOf } from '../src/shared/query/values.ts';
import { writePart } from './generated-part.ts';

const rows = FILTER_KEYS.map((key) => {
  const { help, option } = filterOf(key);
  return [`\`${help.example}\``, code(help.meaning), option ? `\`${option.flags}\`` : ''];
});
const lines = [['filter', 'meaning', 'option'], ['---', '---', '---'], ...rows].map(
  (cells) => `| ${cells.join(' | ')} |`,
);
writePart('README.md', 'filters', 'docs:filters', lines.join('\n'));

/** Filters among words as code. */
function code(meaning: string): string {
  return meaning.replace(new RegExp(`(?:${FILTER_KEYS.join('|')}):[^\\s;]*[^\\s,;]`, 'g'), '`$&`');
}
