/**
 * XMP packets for sidecars: ISO 16684-1 (https://developer.adobe.com/xmp/docs/XMPSpecifications/), the properties `dc`,
 * `xmp` and `xmpDM` as part 2 names them, and a namespace of our own for what those have no place for.
 */
import { createHash } from 'node:crypto';
import type { AcceptedTag } from './accepted-tags.ts';

/** Identifies our properties; nothing is fetched from it. */
export const EARMARK_NAMESPACE = 'urn:x-earmark:tags:1:';

const DIGEST = /(<rdf:Description[^>]*? earmark:digest=")([0-9a-f]*)(")/;

/**
 * @param tags best first; at least one
 * @param program name and version, for CreatorTool
 * @param made when
 * @returns a whole document
 */
export function xmpPacket(tags: readonly AcceptedTag[], program: string, made: Date): string {
  const ucs = tags.find((tag) => tag.ucs)?.ucs;
  const genres = namesOf(tags, 'music-genre');
  const instruments = namesOf(tags, 'instrument');
  const lines = [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="${escaped(program)}">`,
    ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    '  <rdf:Description rdf:about=""',
    '    xmlns:dc="http://purl.org/dc/elements/1.1/"',
    '    xmlns:xmp="http://ns.adobe.com/xap/1.0/"',
    '    xmlns:xmpDM="http://ns.adobe.com/xmp/1.0/DynamicMedia/"',
    `    xmlns:earmark="${EARMARK_NAMESPACE}" earmark:digest="">`,
    element('xmp:CreatorTool', program),
    element('xmp:MetadataDate', made.toISOString()),
    '   <dc:subject>',
    '    <rdf:Bag>',
    ...[...new Set(tags.map(({ name }) => name))].map((name) => `     ${element('rdf:li', name).trim()}`),
    '    </rdf:Bag>',
    '   </dc:subject>',
    ...(genres === '' ? [] : [element('xmpDM:genre', genres)]),
    ...(instruments === '' ? [] : [element('xmpDM:instrument', instruments)]),
    ...(ucs
      ? [
          element('earmark:catId', ucs.catId),
          element('earmark:category', ucs.category),
          element('earmark:subCategory', ucs.subCategory),
        ]
      : []),
    '   <earmark:tags>',
    '    <rdf:Seq>',
    ...tags.map(tagItem),
    '    </rdf:Seq>',
    '   </earmark:tags>',
    '  </rdf:Description>',
    ' </rdf:RDF>',
    '</x:xmpmeta>',
    '<?xpacket end="w"?>',
    '',
  ];
  const packet = lines.join('\n');
  return packet.replace(DIGEST, (_, before: string, __, after: string) => `${before}${digestOf(packet)}${after}`);
}

/** Whether it is a sidecar of ours that nobody has changed since: only then may it be replaced. */
export function isOwnPacket(text: string): boolean {
  const digest = DIGEST.exec(text)?.[2];
  return digest !== undefined && digest !== '' && digest === digestOf(text);
}

/** Over everything but the digest itself. */
function digestOf(packet: string): string {
  return createHash('sha256').update(packet.replace(DIGEST, '$1$3')).digest('hex');
}

function tagItem({ vocabularyId, labelId, name, probability }: AcceptedTag): string {
  const facts = { name, vocabulary: vocabularyId, label: labelId, ...(probability === null ? {} : { probability: probability.toFixed(3) }) }; // prettier-ignore
  const parts = Object.entries(facts).map(([field, value]) => element(`earmark:${field}`, value).trim());
  return `     <rdf:li rdf:parseType="Resource">${parts.join('')}</rdf:li>`;
}

function namesOf(tags: readonly AcceptedTag[], vocabularyId: string): string {
  return tags
    .filter((tag) => tag.vocabularyId === vocabularyId)
    .map(({ name }) => name)
    .join(', ');
}

function element(name: string, text: string): string {
  return `   <${name}>${escaped(text)}</${name}>`;
}

/** XML 1.0 has no place for control characters, not even escaped. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
