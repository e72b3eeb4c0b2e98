/**
 * What calls answer with, as JSON schemas of the contract's types. typescript-json-schema asks the compiler, which types that
 * are made from values (`typeof KINDS`) need.
 */
import { join } from 'node:path';
import tjs from 'typescript-json-schema';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';

export type Schema = Record<string, unknown>;

export interface AnswerSchemas {
  /** By the name of the call; what they refer to is at `#/components/schemas/`. */
  answers: Record<string, Schema>;
  /** The types that these are made of, by name. */
  types: Record<string, Schema>;
}

/** Takes seconds. @throws Error when a type cannot be described, or two would have one name */
export function answerSchemas(): AnswerSchemas {
  const program = tjs.programFromConfig(join(INSTALL_FOLDER, 'tsconfig.shared.json'), [
    join(INSTALL_FOLDER, 'src', 'shared', 'contract.ts'),
  ]);
  // Errors are those of its own, older compiler; ours checks the same files.
  const options = { required: true, strictNullChecks: true, topRef: false, ignoreErrors: true };
  const made = tjs.generateSchema(program, 'Answers', options);
  if (made?.properties === undefined) throw new Error('the contract’s type Answers cannot be described');
  const definitions = (made.definitions ?? {}) as Record<string, Schema>;
  const types: Record<string, Schema> = {};
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(renamed);
    if (value === null || typeof value !== 'object') return value;
    const { $ref: reference, ...rest } = value as Schema;
    const others = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, renamed(part)]));
    if (typeof reference !== 'string') return others;
    const given = decodeURIComponent(reference.replace('#/definitions/', ''));
    const name = componentName(given);
    if (name === null) return { ...(renamed(definitions[given]) as Schema), ...others };
    return { $ref: `#/components/schemas/${name}`, ...others };
  };
  for (const [given, schema] of Object.entries(definitions)) {
    const name = componentName(given);
    if (name === null) continue;
    if (Object.hasOwn(types, name)) throw new Error(`two types of the contract are named ${name}`);
    types[name] = renamed(schema) as Schema;
  }
  return { answers: renamed(made.properties) as Record<string, Schema>, types };
}

/** @returns `JobOutcomeOf_map` for `import("…/types", {…}).JobOutcomeOf<"map">`; null for types without a name of their own */
function componentName(given: string): string | null {
  const name = given.replaceAll(/import\("[^"]*"(,\{.*?\}\})?\)\./g, '');
  return /^\w+(<"?\w+"?>)?$/.test(name) ? name.replaceAll(/\W+/g, '_').replace(/_$/, '') : null;
}
