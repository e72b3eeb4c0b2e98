/**
 * The few plain forms of "not this": `dog without rain`, `not a dog`, `birds, no traffic`, `birds but not crows`,
 * `anything except music`. A model of sounds and words does not understand them: "no traffic" is near to traffic. They are
 * understood as minus terms, and the answer says so; anything less plain stays as it is.
 */

/** A word of the query; what was quoted is one, and means itself. */
export interface TypedPart {
  text: string;
  quoted: boolean;
}

const WITHOUT = new Set(['without', 'except', 'excluding', 'minus']);
const NOT = new Set(['not', 'no']);
/** May stand before a "not": they go with it. */
const LINKS = new Set(['but', 'and', 'with', 'just', 'please', 'definitely']);
const DETERMINERS = new Set(['a', 'an', 'the', 'any', 'for', 'of', 'some', 'all', 'too', 'much', 'many', 'other']);
/** What is left out ends before these. */
const ENDS = new Set('but with in on at from near inside outside while during by when then plus only just'.split(' '));
/** What these say is not left out: "no one speaks", "not too loud", "not only". */
const IDIOMS = new Set('one way more problem idea thanks doubt matter longer good quite very so only really always yet entirely exactly too'.split(' ')); // prettier-ignore
/** Who speaks says the word itself: "a man says no to a dog". */
const SPEAKING = /^(?:say|shout|scream|yell|whisper|answer|repl|call|speak|cr(?:y|ied)|spoken|voice|word)/;
/** Longer phrases are sentences. */
const MOST_WORDS = 4;

/**
 * @param parts in their order
 * @returns what is left of them, and what they leave out; the same parts and nothing where none of the forms is found
 */
export function withoutNegations(parts: readonly TypedPart[]): { parts: TypedPart[]; without: string[] } {
  const kept: TypedPart[] = [];
  const without: string[] = [];
  for (let at = 0; at < parts.length;) {
    const found = negationAt(parts, at);
    if (found === null) {
      kept.push(parts[at]!);
      at++;
      continue;
    }
    while (kept.length > 0 && !kept.at(-1)!.quoted && LINKS.has(wordOf(kept.at(-1)!))) kept.pop();
    const last = kept.at(-1);
    if (last && !last.quoted) kept.splice(-1, 1, { ...last, text: last.text.replace(/[,;:.]+$/u, '') });
    without.push(...found.terms);
    at = found.end;
  }
  return { parts: kept.filter(({ text }) => text !== ''), without };
}

function negationAt(parts: readonly TypedPart[], at: number): { terms: string[]; end: number } | null {
  const part = parts[at]!;
  const word = wordOf(part);
  // NOT in capitals is of another language of queries, and stays what it is.
  if (part.quoted || /^\p{Lu}{2,}$/u.test(part.text)) return null;
  const lists = WITHOUT.has(word);
  if (!lists && !NOT.has(word)) return null;
  if (/[.,;:!?]$/u.test(part.text)) return null; // "no, a dog"
  const before = parts[at - 1];
  if (!lists && before && (SPEAKING.test(wordOf(before)) || wordOf(before) === 'or')) return null;
  const next = parts[at + 1];
  if (!next || (!lists && !next.quoted && (IDIOMS.has(wordOf(next)) || /^\d/.test(next.text)))) return null;

  const terms: string[] = [];
  let term: string[] = [];
  let end = at + 1;
  const close = () => {
    if (term.length > 0) terms.push(term.join(' '));
    term = [];
  };
  for (; end < parts.length; end++) {
    const one = parts[end]!;
    const said = wordOf(one);
    if (one.quoted) {
      close();
      terms.push(one.text);
      continue;
    }
    if (ENDS.has(said) || WITHOUT.has(said) || NOT.has(said)) break;
    if (said === 'or' || (said === 'and' && lists)) {
      // "without rain and without wind": the second form is found by itself.
      const after = parts[end + 1];
      if (after && (WITHOUT.has(wordOf(after)) || NOT.has(wordOf(after)))) {
        end++;
        break;
      }
      close();
      continue;
    }
    if (said === 'and') break;
    if (term.length === 0 && DETERMINERS.has(said)) continue;
    if (said === '' || term.length === MOST_WORDS) return null;
    term.push(one.text.replace(/^[("']+|[)"',;:.!?]+$/gu, ''));
    if (/[,;:.!?]$/u.test(one.text)) {
      end++;
      break;
    }
  }
  close();
  if (terms.length === 0) return null;
  // "not a dog but a cat", "no cars and birds": the link belongs to neither.
  while (end < parts.length && !parts[end]!.quoted && ['but', 'and', 'just', 'only'].includes(wordOf(parts[end]!))) {
    const after = parts[end + 1];
    if (after && (WITHOUT.has(wordOf(after)) || NOT.has(wordOf(after)))) break;
    end++;
  }
  return { terms, end };
}

/** Without the punctuation around it, in lower case. */
function wordOf({ text }: TypedPart): string {
  return text.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}
