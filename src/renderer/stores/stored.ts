/** What this window keeps for itself between two visits, as JSON. */

/** @param isValid anything may stand there: another version, or somebody else, may have written it */
export function stored<T>(key: string, isValid: (value: unknown) => value is T, otherwise: T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return isValid(value) ? value : otherwise;
  } catch {
    return otherwise; // no JSON
  }
}

export function store(key: string, value: unknown): void {
  localStorage.setItem(key, JSON.stringify(value));
}

export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
