/**
 * Text → tokens of GPT-2 as MS CLAP 2023 was trained with them, its oddities included:
 * every text gets the suffix " <|endoftext|>", whose space becomes a token of its own; "!" is the padding token and
 * counts as a special one, so that each is cut out before anything else and becomes id 0; nothing is lower-cased,
 * normalised or put in front. Byte-level BPE: Sennrich et al. 2016, Radford et al. 2019; ranks from gpt-tokenizer (MIT),
 * of which only the table r50k is loaded: the same 50 257 tokens under the same ids as GPT-2's.
 */
import { BytePairEncodingCore } from 'gpt-tokenizer/BytePairEncodingCore';
import ranks from 'gpt-tokenizer/bpeRanks/r50k_base';

const END_OF_TEXT = 50_256;
const PADDING = 0;
/** " <|endoftext|>" */
const SUFFIX = [220, END_OF_TEXT];

const SPECIAL = /(<\|endoftext\|>|!)/;
/**
 * GPT-2's rule for what may become one token, with Unicode's notion of white space: JavaScript's `\s` has another one
 * (it knows the byte order mark, and not the control character next line).
 */
const PIECES =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/**
 * @param maxLength of the ids, at least 2. The reference itself cuts nothing and fails beyond 1024 positions; here a
 *   longer text loses its last words and keeps the suffix, at which the encoder takes its reading
 * @returns a function from a text to its ids, at least 2 of them, without padding
 */
export function gpt2Tokenizer(maxLength: number): (text: string) => { ids: number[] } {
  const core = new BytePairEncodingCore({ bytePairRankDecoder: ranks, tokenSplitRegex: PIECES });
  return (text) => {
    const ids: number[] = [];
    // The suffix's space belongs to what comes before it: two spaces at the end of a text are one piece with it.
    for (const part of `${text} `.split(SPECIAL)) {
      if (part === '!') ids.push(PADDING);
      else if (part === '<|endoftext|>') ids.push(END_OF_TEXT);
      else for (const id of core.encodeNative(part)) ids.push(id);
    }
    ids.push(END_OF_TEXT);
    if (ids.length <= maxLength) return { ids };
    return { ids: [...ids.slice(0, maxLength - SUFFIX.length), ...SUFFIX] };
  };
}
