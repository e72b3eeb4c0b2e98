/** Names of one series: takes, variations, numbered copies of one sound in one folder. */

/** What stands before the number of a take. Longer ones first. */
const TAKE = '(?:variations?|version|variant|take|copy|part|alt|var|ver|tk|pt|rr|no|nr|v|t)';
/** What file managers add: ` (2)`, ` - Copy`, ` copy 3`. */
const COPY = /[\s_.-]*(?:\(\d+\)|(?<=[\s_.-])\(?copy\)?[\s_.-]*\(?\d*\)?)$/u;
/** `_03`, `-take 4`, `_v2`, `.12b` at the end; `_A`. */
const AT_END = new RegExp(`(?:[\\s_.#-]*(?:(?<=[\\s_.#-])${TAKE}[\\s_.#-]*)?\\d+[a-d]?|[\\s_-]+[a-h])$`, 'u');

/** Two letters, or one of a script in which one can be a word. */
const TELLING = /\p{L}\p{M}*\p{L}|[^\P{L}\p{Script=Latin}]/u;

/**
 * Two files of one series have equal keys; whether they sound alike is another question. `Door slam 01.wav`,
 * `Door slam 02.wav` and `door slam.wav` are one series, and so are UCS names whose number is followed by creator and
 * source (`DOORWood_Slam 03_EM_Lib.wav`): there the last number counts. Names that are little but a number (`017.wav`,
 * `c17.wav`) name no series: a whole library may be called so.
 * @param path absolute, in the platform's form
 */
export function seriesKey(path: string): string {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
  const name = path
    .slice(cut)
    .replace(/(?<=.)\.[\p{L}\p{N}]{1,8}$/u, '')
    .normalize('NFKC')
    .toLowerCase();
  const own = name.replace(COPY, '') || name;
  let stem = own.replace(AT_END, '') || own;
  if (stem === name) stem = name.replace(/\d+(?=\D*$)/u, '#');
  return `${path.slice(0, cut)}\0${TELLING.test(stem) ? stem : name}`;
}
