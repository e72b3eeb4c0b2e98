/**
 * What a run of the tests says last, for whoever sees only the end of a long log: which tests failed and why, and which
 * needed another try. With REQUIRE_ALL=1 a skipped test is a failed run, too, unless {@link mayBeSkipped} says that no
 * installation helps: for machines that are meant to have everything tests use.
 */
import { mayBeSkipped } from './may-be-skipped.ts';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export default class Outcome implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { message: string }[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    list('failed', [
      ...tests.filter((test) => test.result().state === 'failed').map(nameAndReason),
      // A module that cannot be loaded, and hooks.
      ...modules.flatMap((module) =>
        module.errors().map((error) => `${module.relativeModuleId}\n    ${firstLines(error.message)}`),
      ),
      ...modules
        .flatMap((module) => [...module.children.allSuites()])
        .flatMap((suite) =>
          suite
            .errors()
            .map((error) => `${suite.module.relativeModuleId} > ${suite.fullName}\n    ${firstLines(error.message)}`),
        ),
      ...unhandled.map((error) => firstLines(error.message)),
    ]);
    list('passed only when tried again', tests.filter((test) => test.diagnostic()?.flaky).map(nameAndReason));
    const skipped = tests.filter((test) => test.result().state === 'skipped' && !mayBeSkipped(nameOf(test)));
    if (process.env['REQUIRE_ALL'] !== '1' || skipped.length === 0) return;
    list('skipped, and REQUIRE_ALL is set', skipped.map(nameOf));
    process.exitCode = 1;
  }
}

function list(what: string, lines: readonly string[]): void {
  if (lines.length > 0)
    process.stdout.write(`\n${lines.length} ${what}:\n${lines.map((line) => `  ${line}\n`).join('')}`);
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}

function nameAndReason(test: TestCase): string {
  return `${nameOf(test)}${reasonOf(test)}`;
}

function reasonOf(test: TestCase): string {
  return (test.result().errors ?? []).map((error) => `\n    ${firstLines(error.message)}`).join('');
}

function firstLines(message: string): string {
  return message.split('\n').slice(0, 4).join('\n    ');
}

/** For the `reporters` of a vitest configuration. */
export function reporters(): string[] {
  return ['default', import.meta.filename];
}
