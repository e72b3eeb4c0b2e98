/** With REQUIRE_ALL=1 a skipped test is a failed run: for machines that are meant to have everything tests use. */
import type { Reporter, TestModule } from 'vitest/node';

export default class RequireAll implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => `  ${module.relativeModuleId} > ${test.fullName}`),
    );
    if (skipped.length === 0) return;
    process.stderr.write(`REQUIRE_ALL: ${skipped.length} tests were skipped:\n${skipped.join('\n')}\n`);
    process.exitCode = 1;
  }
}

/** For the `reporters` of a vitest configuration. */
export function reporters(): string[] {
  return process.env['REQUIRE_ALL'] === '1' ? ['default', import.meta.filename] : ['default'];
}
