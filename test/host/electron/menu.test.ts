/** The menu: what it names is what the window knows, and no key is taken from a text field. */
import { describe, expect, test } from 'vitest';
import { MENU_ACTIONS, menuTemplate } from '../../../src/main/host/electron/menu.ts';

interface WindowAction {
  id: string;
  name: string;
  keys: readonly string[];
}

/** By its path, since the compiler settings of this side do not know the window's. */
async function windowActions(): Promise<WindowAction[]> {
  const path = new URL('../../../src/renderer/actions/actions.ts', import.meta.url).href;
  return ((await import(path)) as { ACTIONS: WindowAction[] }).ACTIONS;
}

type Item = Electron.MenuItemConstructorOptions;
function flat(items: Item[]): Item[] {
  return items.flatMap((item) => [item, ...flat((item.submenu as Item[] | undefined) ?? [])]);
}

test('every action is one of the window, by the same name and the same key', async () => {
  const known = new Map((await windowActions()).map((action) => [action.id, action]));
  for (const { id, name, key } of MENU_ACTIONS) {
    const action = known.get(id);
    expect(action, `${id} is an action of the window`).toBeDefined();
    expect(name).toBe(action!.name);
    if (key !== undefined) expect(action!.keys).toContain(key);
  }
});

describe.each([
  ['on a Mac', true],
  ['elsewhere', false],
])('%s', (_, mac) => {
  const chosen: string[] = [];
  const items = flat(menuTemplate({ mac, development: false, run: (id) => chosen.push(id) }));

  test('all actions are there once and run by their id', () => {
    const withId = items.filter(({ id }) => id !== undefined);
    expect(withId.map(({ id }) => id).sort()).toEqual(MENU_ACTIONS.map(({ id }) => id).sort());
    for (const item of withId) item.click!(undefined as never, undefined, undefined as never);
    expect(chosen.toSorted()).toEqual(MENU_ACTIONS.map(({ id }) => id).sort());
  });

  test('accelerators have a modifier and are not registered, and none is used twice', () => {
    const accelerators = items.flatMap(({ accelerator, registerAccelerator }) => {
      if (!accelerator) return [];
      expect(accelerator).toMatch(/^CommandOrControl\+.$/);
      expect(registerAccelerator).toBe(false);
      return [accelerator];
    });
    expect(accelerators.length).toBeGreaterThan(3);
    expect(new Set(accelerators).size).toBe(accelerators.length);
  });

  test('text can be cut and pasted; one can leave; programmers’ tools are not there', () => {
    const roles = items.map(({ role }) => role);
    expect(roles).toEqual(expect.arrayContaining(['cut', 'copy', 'paste', 'selectAll', 'quit']));
    expect(roles.includes('undo')).toBe(mac);
    expect(roles).not.toContain('toggleDevTools');
    expect(roles).not.toContain('reload');
  });
});

test('programmers get their tools', () => {
  const roles = flat(menuTemplate({ mac: false, development: true, run: () => undefined })).map(({ role }) => role);
  expect(roles).toEqual(expect.arrayContaining(['toggleDevTools', 'reload']));
});
