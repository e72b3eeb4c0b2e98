/** Genres by number, of ID3v1 and Winamp, as `TCON` frames refer to them. */
const NAMES =
  'Blues|Classic Rock|Country|Dance|Disco|Funk|Grunge|Hip-Hop|Jazz|Metal|New Age|Oldies|Other|Pop|R&B|Rap|Reggae|Rock|' +
  'Techno|Industrial|Alternative|Ska|Death Metal|Pranks|Soundtrack|Euro-Techno|Ambient|Trip-Hop|Vocal|Jazz+Funk|' +
  'Fusion|Trance|Classical|Instrumental|Acid|House|Game|Sound Clip|Gospel|Noise|Alternative Rock|Bass|Soul|Punk|' +
  'Space|Meditative|Instrumental Pop|Instrumental Rock|Ethnic|Gothic|Darkwave|Techno-Industrial|Electronic|' +
  'Pop-Folk|Eurodance|Dream|Southern Rock|Comedy|Cult|Gangsta|Top 40|Christian Rap|Pop/Funk|Jungle|' +
  'Native American|Cabaret|New Wave|Psychedelic|Rave|Showtunes|Trailer|Lo-Fi|Tribal|Acid Punk|Acid Jazz|Polka|' +
  'Retro|Musical|Rock & Roll|Hard Rock|Folk|Folk-Rock|National Folk|Swing|Fast Fusion|Bebop|Latin|Revival|Celtic|' +
  'Bluegrass|Avantgarde|Gothic Rock|Progressive Rock|Psychedelic Rock|Symphonic Rock|Slow Rock|Big Band|Chorus|' +
  'Easy Listening|Acoustic|Humour|Speech|Chanson|Opera|Chamber Music|Sonata|Symphony|Booty Bass|Primus|' +
  'Porn Groove|Satire|Slow Jam|Club|Tango|Samba|Folklore|Ballad|Power Ballad|Rhythmic Soul|Freestyle|Duet|' +
  'Punk Rock|Drum Solo|A Cappella|Euro-House|Dance Hall|Goa|Drum & Bass|Club-House|Hardcore|Terror|Indie|BritPop|' +
  'Afro-Punk|Polsk Punk|Beat|Christian Gangsta Rap|Heavy Metal|Black Metal|Crossover|Contemporary Christian|' +
  'Christian Rock|Merengue|Salsa|Thrash Metal|Anime|JPop|Synthpop|Abstract|Art Rock|Baroque|Bhangra|Big Beat|' +
  'Breakbeat|Chillout|Downtempo|Dub|EBM|Eclectic|Electro|Electroclash|Emo|Experimental|Garage|Global|IDM|' +
  'Illbient|Industro-Goth|Jam Band|Krautrock|Leftfield|Lounge|Math Rock|New Romantic|Nu-Breakz|Post-Punk|' +
  'Post-Rock|Psytrance|Shoegaze|Space Rock|Trop Rock|World Music|Neoclassical|Audiobook|Audio Theatre|' +
  'Neue Deutsche Welle|Podcast|Indie Rock|G-Funk|Dubstep|Garage Rock|Psybient';

const GENRES: readonly string[] = NAMES.split('|');

/** @param reference digits, `RX` or `CR`. @returns null for one that means nothing */
export function genreName(reference: string): string | null {
  if (reference === 'RX') return 'Remix';
  if (reference === 'CR') return 'Cover';
  return /^\d{1,3}$/.test(reference) ? (GENRES[Number(reference)] ?? null) : null;
}

/** `(17)`, `(17)(6)`: references at the beginning of a string, and what stands behind them. */
function references(text: string): { names: string[]; rest: string } {
  const names: string[] = [];
  let rest = text;
  for (let match; (match = /^\((\d{1,3}|RX|CR)\)/.exec(rest)); rest = rest.slice(match[0].length)) {
    const name = genreName(match[1]!);
    if (name === null) break;
    names.push(name);
  }
  return { names, rest };
}

/**
 * Genres that one string of a `TCON` frame names: `(17)`, `(4)Eurodisco`, `17`, `Rock`, `((odd)`; a refinement that
 * only repeats its genre (`(17)Rock`) counts once.
 */
export function genresIn(text: string): string[] {
  const { names, rest } = references(text);
  const free = rest.startsWith('((') ? rest.slice(1) : names.length === 0 ? (genreName(rest) ?? rest) : rest;
  const isNew = free !== '' && !names.some((name) => name.toLowerCase() === free.toLowerCase());
  return isNew ? [...names, free] : names;
}
