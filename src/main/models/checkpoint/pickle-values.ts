/** What comes out of a pickle here: plain data and what the reader's own constructors made. */

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  /** A list or a tuple. */
  | PickleValue[]
  /** A dict. */
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleObject
  | PickleConstructor;

/** Made by a constructor of ours. */
export abstract class PickleObject {
  /** For sentences: "torch.Size", "a tensor". */
  abstract readonly what: string;
}

/** Stands for a thing that a file may hold and nobody here needs. Whatever is put into it is dropped. */
export class InertObject extends PickleObject {
  readonly what: string;
  constructor(what: string) {
    super();
    this.what = what;
  }
}

/** A name in the pickle that may be used, and what we make when it is. Nothing of the name's own code exists here. */
export class PickleConstructor {
  /** "module.name" */
  readonly fullName: string;
  /** @throws PickleError when these arguments make no sense */
  readonly construct: (args: PickleValue[]) => PickleValue;
  constructor(fullName: string, construct: (args: PickleValue[]) => PickleValue) {
    this.fullName = fullName;
    this.construct = construct;
  }
}

/** What is wrong with a pickle, as the middle of a sentence: "it …". */
export class PickleError extends Error {
  override readonly name = 'PickleError';
  /** damaged: another copy may be whole. refused: it asks for something that is not done. */
  readonly kind: 'damaged' | 'refused';
  constructor(kind: 'damaged' | 'refused', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Who decides what names and references in a pickle mean. */
export interface PickleWorld {
  /** @throws PickleError for a name that is not allowed */
  constructorOf(module: string, name: string): PickleConstructor;
  /** @param id what the pickle gives as a reference to something outside of it @throws PickleError */
  reference(id: PickleValue): PickleValue;
}
