/** Once for all test files: why those that need a browser are skipped. */
import { whatIsMissing } from './page.ts';

export default function setup(): void {
  const missing = whatIsMissing();
  if (missing !== null) console.error(`The window is not tried. ${missing}`);
}
