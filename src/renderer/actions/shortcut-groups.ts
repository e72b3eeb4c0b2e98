/** The table of actions as a page of keys. */

/** What of an action stands on the page. */
export interface Shortcut<Group extends string = string> {
  id: string;
  name: string;
  group: Group;
  /** In the form of keys.ts. */
  keys: readonly string[];
}

/** Five lines that differ by a number only are one. */
const STARS = /^mark\.stars-(\d)$/;

/** Every action that has a key, by group, in the order of the table. */
export function shortcutGroups<Group extends string>(
  groups: readonly Group[],
  actions: readonly Shortcut<Group>[],
): { group: Group; shortcuts: Shortcut<Group>[] }[] {
  const allStars = actions.filter(({ id }) => STARS.test(id)).flatMap(({ keys }) => keys);
  return groups.map((group) => ({
    group,
    shortcuts: actions
      .filter((action) => action.group === group && action.keys.length > 0)
      .flatMap((action) => {
        const star = STARS.exec(action.id)?.[1];
        if (star === undefined) return [action];
        return star === '1' ? [{ ...action, name: 'Stars', keys: allStars }] : [];
      }),
  }));
}
