/** The address that models are fetched from, as somebody types it. */

/** @returns what is to be kept: without blanks around it; null for the publishers */
export function mirrorOf(typed: string): string | null {
  const address = typed.trim();
  return address === '' ? null : address;
}

/** Why it is no address to fetch from, a sentence; null when it is one, or nothing. */
export function mirrorProblem(typed: string): string | null {
  const address = mirrorOf(typed);
  if (address === null) return null;
  const parsed = URL.parse(address);
  if (parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.hostname !== '') return null;
  return `“${address}” is not a valid address. Enter it as https://models.example.org, or leave it empty to use the publishers.`;
}
