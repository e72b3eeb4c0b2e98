/**
 * What is wrong with a page by geometry alone: nothing is clipped, covered, spilt or out of reach. Measured in the
 * page, whatever it shows; the rules are those of the window, not of any screen.
 */
import type { Page } from 'playwright-core';
import { settled } from './page.ts';

/** The smallest is a window of 1440×900 at 200 %. */
export const WINDOW_SIZES = [
  { width: 720, height: 450 },
  { width: 900, height: 600 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  { width: 2560, height: 1440 },
] as const;

/** @returns a line for each fault, with the size of the window; none when all is well at every size */
export async function layoutFaults(page: Page): Promise<string[]> {
  const before = page.viewportSize();
  const found: string[] = [];
  for (const size of WINDOW_SIZES) {
    await page.setViewportSize(size);
    await settled(page);
    const faults = await page.evaluate(faultsInPage);
    found.push(...faults.map((fault) => `${size.width}×${size.height}: ${fault}`));
  }
  if (before !== null) await page.setViewportSize(before);
  return found;
}

/** Runs in the page, so it holds all that it needs. */
function faultsInPage(): string[] {
  /** Rounding and hairlines, px. */
  const SLACK = 1.5;
  /** Of what scrolls, px: lists show two rows at least. */
  const LEAST_LIST = 100;
  const LEAST_SCROLLED = 40;
  const INTERACTIVE = 'button, a[href], input, select, textarea, summary, [role=option], [role=slider]';
  type Box = Pick<DOMRect, 'left' | 'top' | 'right' | 'bottom'>;
  interface Item {
    element: Element;
    what: string;
    /** Interactive, or a line of text. */
    interactive: boolean;
    box: Box;
    /** What can be seen of it now. */
    seen: Box | null;
  }
  /** By place in the page and kind: rows of a list are all alike. */
  const faults = new Map<string, { first: string; times: number }>();
  const fault = (element: Element, how: string, what: string): void => {
    const place = [element, element.parentElement, element.closest('[role=row], li, section, form')];
    const key = `${place.map((one) => one?.className ?? '').join('/')} ${element.tagName} ${how.replace(/“.*?”|\d+/gu, '')}`;
    const known = faults.get(key) ?? { first: `${what} ${how}`, times: 0 };
    known.times++;
    faults.set(key, known);
  };
  const styles = new Map<Element, CSSStyleDeclaration>();
  const styleOf = (element: Element): CSSStyleDeclaration => {
    const known = styles.get(element) ?? getComputedStyle(element);
    styles.set(element, known);
    return known;
  };
  const nameOf = (element: Element): string => {
    const own = element.closest('[aria-label], [title], button, a, label, [role=row]') ?? element;
    const text = own.getAttribute('aria-label') ?? own.textContent.trim().replace(/\s+/gu, ' ');
    const cls = [...element.classList].filter((name) => !name.startsWith('svelte-')).join('.');
    return `<${element.tagName.toLowerCase()}${cls === '' ? '' : `.${cls}`}> “${text.slice(0, 40)}”`;
  };
  const width = (box: Box) => box.right - box.left;
  const height = (box: Box) => box.bottom - box.top;
  const crossing = (a: Box, b: Box): Box => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const viewport: Box = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };

  /** Whether somebody can see or touch it at all; not whether it lies within its place. */
  function isShown(element: Element): boolean {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    return element.closest('.visually-hidden, [aria-hidden=true] .tooltip, .tooltip') === null;
  }
  const dialogs = [...document.querySelectorAll('dialog:modal, [popover]:popover-open')];
  const root = dialogs.at(-1) ?? document.body;

  function clips(style: CSSStyleDeclaration, axis: 'x' | 'y'): 'no' | 'scrolls' | 'clips' {
    const overflow = axis === 'x' ? style.overflowX : style.overflowY;
    if (overflow === 'visible') return 'no';
    return overflow === 'auto' || overflow === 'scroll' ? 'scrolls' : 'clips';
  }
  /** The nearest first; those that a fixed or absolute box escapes are left out. */
  function* ancestorsOf(element: Element): Generator<Element> {
    let position = styleOf(element).position;
    for (let at = element.parentElement; at !== null; at = at.parentElement) {
      if (at !== root && at.contains(root) && at !== document.body) return;
      const style = styleOf(at);
      if (position === 'fixed') return;
      if (position === 'absolute' && style.position === 'static' && style.transform === 'none') continue;
      yield at;
      position = style.position;
      if (at === root) return;
    }
  }
  const paddingBox = (element: Element): Box => {
    const { left, top } = element.getBoundingClientRect();
    const x = left + element.clientLeft;
    const y = top + element.clientTop;
    return { left: x, top: y, right: x + element.clientWidth, bottom: y + element.clientHeight };
  };

  /** Finds what cuts it off, and @returns what is left to be seen now. */
  function checkClipping({ element, what, box: whole, interactive }: Item): Box | null {
    let box: Box = whole;
    /** Whether scrolling has not brought it elsewhere. */
    let fixed = { x: true, y: true };
    for (const ancestor of interactive ? ancestorsOf(element) : [element, ...ancestorsOf(element)]) {
      const style = styleOf(ancestor);
      if (style.display === 'inline' || style.display === 'contents') continue;
      const place = paddingBox(ancestor);
      for (const axis of ['x', 'y'] as const) {
        const kind = clips(style, axis);
        if (kind === 'no') continue;
        const [from, to, first, last] =
          axis === 'x'
            ? [box.left, box.right, place.left, place.right]
            : [box.top, box.bottom, place.top, place.bottom];
        const beyond = Math.max(first - from, to - last);
        if (beyond > SLACK && fixed[axis]) {
          const shortened = !interactive && (axis === 'x' ? style.textOverflow === 'ellipsis' : style.webkitLineClamp !== 'none'); // prettier-ignore
          if (kind === 'scrolls') {
            const extent = axis === 'x' ? ancestor.scrollWidth : ancestor.scrollHeight;
            const start = from - first + (axis === 'x' ? ancestor.scrollLeft : ancestor.scrollTop);
            if (start < -SLACK || start + to - from > extent + SLACK)
              fault(element, `cannot be scrolled to (${axis})`, what);
            fixed = { ...fixed, [axis]: false };
          } else if (!shortened) fault(element, `is cut off in ${nameOf(ancestor)} (${axis})`, what);
          else if (ancestor.closest('[title]') === null) fault(element, 'is shortened and has no title', what);
        }
        // What lies further out sees the place, not what is in it.
        box = axis === 'x' ? { ...box, left: Math.max(from, first), right: Math.min(to, last) } : { ...box, top: Math.max(from, first), bottom: Math.min(to, last) }; // prettier-ignore
      }
      if (width(box) <= 0 || height(box) <= 0) return null;
    }
    if (Math.max(-box.left, box.right - innerWidth) > SLACK) fault(element, 'lies outside the window (x)', what);
    if (Math.max(-box.top, box.bottom - innerHeight) > SLACK) fault(element, 'lies outside the window (y)', what);
    const seen = crossing(box, viewport);
    return width(seen) > SLACK && height(seen) > SLACK ? seen : null;
  }
  /** Out of the sheet, button or field that it is drawn on. */
  function checkSpilling({ element, what, box, interactive }: Item): void {
    const own = interactive ? [] : [element];
    for (const ancestor of [...own, ...ancestorsOf(element)]) {
      const style = styleOf(ancestor);
      if (style.display === 'inline' || style.display === 'contents') continue;
      if (clips(style, 'x') !== 'no' || clips(style, 'y') !== 'no') return; // checkClipping() knows
      if (ancestor.matches(INTERACTIVE) || hasEdge(style)) {
        const sheet = ancestor.getBoundingClientRect();
        const beyond = Math.max(sheet.left - box.left, box.right - sheet.right, sheet.top - box.top, box.bottom - sheet.bottom); // prettier-ignore
        if (beyond > SLACK) fault(element, `spills ${beyond.toFixed(0)} px out of ${nameOf(ancestor)}`, what);
      }
      if (style.position === 'absolute' || style.position === 'fixed') return;
    }
  }
  function hasEdge({
    borderLeftWidth,
    borderRightWidth,
    borderTopWidth,
    borderBottomWidth,
  }: CSSStyleDeclaration): boolean {
    // prettier-ignore
    return [borderLeftWidth, borderRightWidth, borderTopWidth, borderBottomWidth].every((edge) => parseFloat(edge) > 0);
  }

  const items: Item[] = [];
  for (const element of root.querySelectorAll(INTERACTIVE)) {
    if (!isShown(element) || styleOf(element).pointerEvents === 'none') continue;
    const box = element.getBoundingClientRect();
    if (width(box) === 0 || height(box) === 0) continue;
    items.push({ element, what: nameOf(element), interactive: true, box, seen: null });
  }
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const element = node.parentElement;
    if (element === null || (node.nodeValue ?? '').trim() === '') continue;
    if (element.matches('option, script, style, textarea') || !isShown(element)) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (width(box) < 1) continue;
      const what = `“${(node.nodeValue ?? '').trim().slice(0, 40)}” in ${nameOf(element)}`;
      items.push({ element, what, interactive: false, box, seen: null });
    }
  }
  for (const item of items) {
    item.seen = checkClipping(item);
    checkSpilling(item);
  }

  // A field shows what it holds: choices of a list and words in an empty field do not end in the middle.
  const pen = document.createElement('canvas').getContext('2d')!;
  for (const { element, what, seen } of items) {
    if (seen === null) continue;
    const style = styleOf(element);
    const text =
      element instanceof HTMLSelectElement
        ? (element.selectedOptions[0]?.text ?? '')
        : element instanceof HTMLInputElement && element.value === ''
          ? element.placeholder
          : '';
    if (text === '') continue;
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const needed = pen.measureText(text).width;
    const shortened = element instanceof HTMLInputElement && style.textOverflow === 'ellipsis';
    if (needed > room + SLACK + 1 && !shortened) fault(element, `holds “${text}”, ${(needed - room).toFixed(0)} px too long for it`, what); // prettier-ignore
  }

  // Two things in one place: neither is of the other, and both can be seen.
  const shown = items.filter(({ seen }) => seen !== null);
  const floating = (element: Element) => element.closest('.notices, .offers.shown');
  for (const [at, a] of shown.entries()) {
    for (const b of shown.slice(at + 1)) {
      if (!a.interactive && !b.interactive && a.element === b.element) continue;
      if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
      if (floating(a.element) !== floating(b.element)) continue;
      const shared = crossing(a.seen!, b.seen!);
      if (width(shared) <= SLACK || height(shared) <= SLACK) continue;
      // Lines of text are higher than their letters.
      const lines = !a.interactive && !b.interactive;
      if (lines && height(shared) < 0.4 * Math.min(height(a.seen!), height(b.seen!))) continue;
      if (a.element.closest('label')?.contains(b.element) === true && a.interactive !== b.interactive) continue;
      fault(a.element, `and ${b.what} overlap`, a.what);
    }
  }

  // What can be pressed is what a pointer meets there.
  for (const { element, what, interactive, seen } of shown) {
    if (!interactive || seen === null || element.matches(':disabled')) continue;
    const met = document.elementFromPoint((seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2);
    if (met === null || element.contains(met) || met.contains(element)) continue;
    if (element.closest('label')?.contains(met) === true || floating(met) !== floating(element)) continue;
    fault(element, `is covered by ${nameOf(met)}`, what);
  }
  // What scrolls shows enough of what is in it, and scrolls down only.
  for (const element of root.querySelectorAll('*')) {
    const style = styleOf(element);
    const least = element.matches('[role=grid], [role=treegrid]') ? LEAST_LIST : LEAST_SCROLLED;
    if (
      clips(style, 'y') === 'scrolls' &&
      isShown(element) &&
      element.scrollHeight > element.clientHeight + 1 &&
      element.clientHeight < least &&
      !element.matches('textarea')
    )
      // prettier-ignore
      fault(element, `shows only ${element.clientHeight} px of itself`, nameOf(element));
    if (
      clips(style, 'x') === 'scrolls' &&
      isShown(element) &&
      element.scrollWidth > element.clientWidth + 1 &&
      !element.matches('.chips')
    )
      // prettier-ignore
      fault(element, 'scrolls sideways', nameOf(element));
  }
  if (document.documentElement.scrollWidth > innerWidth + 1)
    fault(document.body, 'is wider than the window', 'the page');
  return [...faults.values()].map(({ first, times }) => (times === 1 ? first : `${first} (and ${times - 1} more)`));
}
