/** Plans of agents, kept until a person confirms or rejects them; other processes of this library see them, too. */
import type { FilePlan } from './write.ts';

/** Files of one request, and requests that are kept. */
export const MAX_REQUEST_FILES = 1000;
export const MAX_REQUESTS = 20;

export interface WriteRequest {
  /** Random: what a person has not seen cannot be guessed. */
  id: string;
  /** The name by which the agent introduced itself; '' without one. */
  from: string;
  profileId: string;
  tempoAndKey: boolean;
  /** Epoch ms. */
  madeMs: number;
  /** Files that would be changed, and fields in them. */
  files: number;
  fields: number;
  /** By a person, in the window. */
  confirmed: boolean;
}

export interface WriteRequestCalls {
  /**
   * Keeps the changes of a plan, so that a person can look at them. The oldest requests go when there are too many.
   * @throws UserError bad-input for a plan that changes nothing, or too many files; not-found; disk-full, no-permission
   */
  'writeRequest.make': { input: { planId: number; from: string; tempoAndKey: boolean }; output: WriteRequest };
  /** Newest first. */
  'writeRequest.list': { input: null; output: WriteRequest[] };
  /** Its files and what would change in them. At most 500 at a time. @throws UserError not-found */
  'writeRequest.files': { input: { id: string; offset: number; limit: number }; output: FilePlan[] };
  /** For the window alone: hosts of agents do not offer it. @throws UserError not-found */
  'writeRequest.confirm': { input: string; output: WriteRequest };
  /** Rejected, or written. Nothing happens where it is gone. */
  'writeRequest.remove': { input: string; output: null };
  /**
   * Whether a plan that was made now changes what the request says, and a person has confirmed that.
   * @param input.unattended nobody has to have confirmed it
   * @throws UserError bad-input when it was not confirmed or the changes are others; not-found
   */
  'writeRequest.check': { input: { id: string; planId: number; unattended: boolean }; output: null };
}
