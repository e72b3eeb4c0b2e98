/** The screens in the order of the rail. */
export const SCREENS = ['search', 'map', 'collections', 'library', 'tags', 'write', 'models', 'settings'] as const;
export type Screen = (typeof SCREENS)[number];

export function isScreen(name: string): name is Screen {
  return (SCREENS as readonly string[]).includes(name);
}
