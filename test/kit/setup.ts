/** Runs before each test file, also where several share a process. Its hook is the last one: by then nothing is open any more. */
import { afterAll } from 'vitest';
import { removeTemporaryFolders } from './temporary-folder.ts';

afterAll(removeTemporaryFolders);
