/** The table of actions as a page of keys. */
import { ACTIONS, GROUPS, type Group } from '../../actions/actions.ts';

export interface Shortcut {
  id: string;
  name: string;
  /** In the form of keys.ts; none: by name only, from the list of all commands. */
  keys: readonly string[];
}

/** Five lines that differ by a number only are one. */
const STARS = /^mark\.stars-(\d)$/;

/** Every action, by group, in the order of the table. */
export function shortcutGroups(): { group: Group; shortcuts: Shortcut[] }[] {
  return GROUPS.map((group) => ({
    group,
    shortcuts: ACTIONS.filter((action) => action.group === group).flatMap(({ id, name, keys }): Shortcut[] => {
      const star = STARS.exec(id)?.[1];
      if (star === undefined) return [{ id, name, keys }];
      return star === '1' ? [{ id, name: 'Stars', keys: ['1', '2', '3', '4', '5'] }] : [];
    }),
  }));
}
