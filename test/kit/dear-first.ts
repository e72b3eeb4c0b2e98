/** The order of test files: those that start programs, model after model, come first, so that none of them runs alone in the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const DEAR = /\/test\/(?:(?:bench|demo|eval|faults|host\/cli|models\/import)\/|writeback\/foreign-shapes)/;

export class DearFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isDear = ({ moduleId }: TestSpecification) => DEAR.test(moduleId);
    return [...sorted.filter(isDear), ...sorted.filter((file) => !isDear(file))];
  }
}
