/** From names of the formats' own to the few fields that search and display know. The native name is always kept beside. */
import { PROVENANCE_FIELD } from '../text/provenance-field.ts';

/** Names that mean the same wherever they stand: Vorbis comments, APEv2, TXXX, MP4 freeform, iXML, ASWG. Lower case. */
const COMMON_NAMES: Readonly<Record<string, string>> = {
  title: 'title',
  name: 'title',
  fxname: 'title',
  songtitle: 'title',
  artist: 'artist',
  author: 'artist',
  album: 'album',
  genre: 'genre',
  style: 'genre',
  mood: 'mood',
  comment: 'comment',
  comments: 'comment',
  note: 'comment',
  notes: 'comment',
  annotation: 'comment',
  description: 'description',
  desc: 'description',
  bwf_description: 'description',
  keyword: 'keywords',
  keywords: 'keywords',
  tags: 'keywords',
  category: 'category',
  subcategory: 'category',
  categoryfull: 'category',
  catid: 'category',
  date: 'year',
  year: 'year',
  originaldate: 'year',
  bpm: 'bpm',
  tempo: 'bpm',
  tmpo: 'bpm',
  key: 'key',
  initialkey: 'key',
  initial_key: 'key',
  musicalkey: 'key',
  inkey: 'key',
  earmark: PROVENANCE_FIELD,
};

/** Ids that only their own format explains. Verbatim. */
const NATIVE_IDS: Readonly<Record<string, string>> = {
  // ID3v2.3, 2.4 and 2.2
  TIT2: 'title',
  TT2: 'title',
  TPE1: 'artist',
  TP1: 'artist',
  TALB: 'album',
  TAL: 'album',
  TCON: 'genre',
  TCO: 'genre',
  TMOO: 'mood',
  COMM: 'comment',
  COM: 'comment',
  TIT3: 'description',
  TDRC: 'year',
  TYER: 'year',
  TYE: 'year',
  TBPM: 'bpm',
  TBP: 'bpm',
  TKEY: 'key',
  TKE: 'key',
  // RIFF INFO
  'LIST/INFO:INAM': 'title',
  'LIST/INFO:IART': 'artist',
  'LIST/INFO:IPRD': 'album',
  'LIST/INFO:IGNR': 'genre',
  'LIST/INFO:ICMT': 'comment',
  'LIST/INFO:ISBJ': 'description',
  'LIST/INFO:IKEY': 'keywords',
  'LIST/INFO:ICRD': 'year',
  'bext:Description': 'description',
  // Chunks of loops and of samplers (loop-chunks.ts)
  'acid:Tempo': 'bpm',
  'acid:RootNote': 'root',
  'acid:Kind': 'kind',
  'smpl:UnityNote': 'root',
  // MP4
  '©nam': 'title',
  '©ART': 'artist',
  '©alb': 'album',
  '©gen': 'genre',
  gnre: 'genre',
  '©cmt': 'comment',
  ldes: 'description',
  keyw: 'keywords',
  catg: 'category',
  '©day': 'year',
  // CAF
  'info:recorded date': 'year',
  'info:key signature': 'key',
  // AIFF
  AUTH: 'artist',
  ANNO: 'comment',
  // ASF
  Title: 'title',
  Author: 'artist',
  Description: 'description',
  'WM/AlbumTitle': 'album',
  'WM/Genre': 'genre',
  'WM/Mood': 'mood',
  'WM/Category': 'category',
  'WM/Year': 'year',
  'WM/BeatsPerMinute': 'bpm',
  'WM/InitialKey': 'key',
};

/** @returns our field for a native id, '' when there is none */
export function fieldOf(nativeId: string): string {
  if (Object.hasOwn(NATIVE_IDS, nativeId)) return NATIVE_IDS[nativeId]!;
  // "TXXX:CATEGORY", "----:com.apple.iTunes:MOOD", "iXML:USER/CATID", "COMM:…": the last part names it.
  const name = nativeId.startsWith('COMM:') ? 'comment' : nativeId.split(/[:/]/).at(-1)!;
  const common = name.toLowerCase();
  return Object.hasOwn(COMMON_NAMES, common) ? COMMON_NAMES[common]! : '';
}
