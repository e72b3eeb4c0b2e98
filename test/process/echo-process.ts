/** A child for child.test.ts. */
import { serveParent } from '../../src/main/process/child.ts';
import { UserError } from '../../src/shared/errors.ts';

export type EchoMethods = {
  echo: { input: Float32Array; output: Float32Array };
  refuse: { input: string; output: null };
  break: { input: null; output: null };
  die: { input: null; output: null };
  never: { input: null; output: null };
};
export type EchoPushes = { ready: { pid: number } };

const push = serveParent<EchoMethods, EchoPushes>({
  echo: (input) => input,
  refuse: (path) => {
    throw new UserError('not-audio', `“${path}” is not audio.`, new Error('deep down'));
  },
  break: () => {
    throw new TypeError('a bug');
  },
  die: () => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => {});
  },
  never: () => new Promise(() => {}),
});
push('ready', { pid: process.pid });
