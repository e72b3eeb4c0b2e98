import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fullPath } from '../../src/main/files/full-path.ts';

describe('a path from outside', () => {
  test.each([
    [join(homedir(), 'Sounds'), join(homedir(), 'Sounds')],
    ['~', homedir()],
    ['~/Sounds/Doors', `${homedir()}/Sounds/Doors`],
  ])('%s is %s', (written, path) => {
    expect(fullPath(written)).toBe(path);
  });

  test.each(['Sounds', './Sounds', '../Sounds', '~ana/Sounds', ''])('“%s” is refused', (written) => {
    expect(() => fullPath(written)).toThrow(`“${written}” is not a full path`);
  });

  test('a null character is refused', () => {
    expect(() => fullPath('/Sounds\0/Doors')).toThrow('null character');
  });
});
