/**
 * Python's pickle, protocols 2 to 5, as data: names are looked up in an allow-list, nothing is imported or run.
 * Format: CPython Lib/pickletools.py and PEP 3154, PEP 574. Work and memory grow with the pickle's length only.
 */
import { InertObject, PickleConstructor, PickleError, type PickleValue, type PickleWorld } from './pickle-values.ts';

/** Longer integers than this many bytes nobody writes into a checkpoint. */
const MAX_INTEGER_BYTES = 256;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** @throws PickleError */
export function readPickle(bytes: Uint8Array, world: PickleWorld): PickleValue {
  return new PickleReader(bytes, world).run();
}

class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #world: PickleWorld;
  #at = 0;
  #stack: PickleValue[] = [];
  /** What lay below each mark. */
  readonly #below: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, world: PickleWorld) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#world = world;
  }

  run(): PickleValue {
    if (this.#bytes[0] !== 0x80) throw refused('its pickle protocol is not 2 to 5');
    for (;;) {
      const instruction = this.#byte();
      if (instruction === 0x2e /* STOP */) return this.#pop();
      this.#step(instruction);
    }
  }

  #step(instruction: number): void {
    const value = this.#data(instruction) ?? this.#gathered(instruction) ?? this.#made(instruction);
    if (value === undefined) this.#act(instruction);
    else this.#stack.push(value.value);
  }

  /** Instructions that say a value. @returns undefined for others */
  #data(instruction: number): Pushed | undefined {
    switch (instruction) {
      case 0x4e: // NONE
        return pushed(null);
      case 0x88: // NEWTRUE
        return pushed(true);
      case 0x89: // NEWFALSE
        return pushed(false);
      case 0x4a: // BININT
        return pushed(this.#view.getInt32(this.#take(4), true));
      case 0x4b: // BININT1
        return pushed(this.#byte());
      case 0x4d: // BININT2
        return pushed(this.#view.getUint16(this.#take(2), true));
      case 0x8a: // LONG1
        return pushed(this.#integer(this.#byte()));
      case 0x8b: // LONG4
        return pushed(this.#integer(this.#view.getInt32(this.#take(4), true)));
      case 0x47: // BINFLOAT
        return pushed(this.#view.getFloat64(this.#take(8)));
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING (Python 2)
        return pushed(this.#text(this.#length32()));
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING (Python 2)
        return pushed(this.#text(this.#byte()));
      case 0x8d: // BINUNICODE8
        return pushed(this.#text(this.#length64()));
      case 0x42: // BINBYTES
        return pushed(this.#slice(this.#length32()));
      case 0x43: // SHORT_BINBYTES
        return pushed(this.#slice(this.#byte()));
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return pushed(this.#slice(this.#length64()));
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        return pushed([]);
      case 0x7d: // EMPTY_DICT
        return pushed(new Map());
      case 0x8f: // EMPTY_SET
        return pushed(new Set());
      default:
        return undefined;
    }
  }

  /** Instructions that make one value of what is on the stack, or fetch one again. @returns undefined for others */
  #gathered(instruction: number): Pushed | undefined {
    switch (instruction) {
      case 0x32: // DUP
        return pushed(this.#top());
      case 0x6c: // LIST
      case 0x74: // TUPLE
        return pushed(this.#toMark());
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return pushed(this.#popMany(instruction - 0x84));
      case 0x64: // DICT
        return pushed(withItems(new Map(), this.#toMark()));
      case 0x91: // FROZENSET
        return pushed(new Set(this.#toMark()));
      case 0x68: // BINGET
        return pushed(this.#recall(this.#byte()));
      case 0x6a: // LONG_BINGET
        return pushed(this.#recall(this.#length32()));
      default:
        return undefined;
    }
  }

  /** Instructions that name, refer to or make an object. @returns undefined for others */
  #made(instruction: number): Pushed | undefined {
    switch (instruction) {
      case 0x63: {
        // GLOBAL
        const module = this.#line();
        return pushed(this.#world.constructorOf(module, this.#line()));
      }
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popMany(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw nonsense();
        return pushed(this.#world.constructorOf(module, name));
      }
      case 0x69: {
        // INST
        const module = this.#line();
        this.#world.constructorOf(module, this.#line());
        throw refused('it creates Python 2 objects');
      }
      case 0x51: // BINPERSID
        return pushed(this.#world.reference(this.#pop()));
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const [callee, args] = this.#popMany(2);
        return pushed(construct(callee, args));
      }
      case 0x92: {
        // NEWOBJ_EX
        const [callee, args, named] = this.#popMany(3);
        if (!(named instanceof Map) || named.size > 0) throw refused('it creates an object from named arguments');
        return pushed(construct(callee, args));
      }
      default:
        return undefined;
    }
  }

  /** Instructions that change the stack, the memo or what lies on top. */
  #act(instruction: number): void {
    switch (instruction) {
      case 0x80: {
        // PROTO
        const protocol = this.#byte();
        if (protocol < 2 || protocol > 5) throw refused(`it uses pickle protocol ${protocol}`);
        break;
      }
      case 0x95: // FRAME: how far a reader may read ahead
        this.#take(8);
        break;
      case 0x28: // MARK
        this.#below.push(this.#stack);
        this.#stack = [];
        break;
      case 0x30: // POP; of an empty section it takes the mark
        if (this.#stack.length === 0) this.#toMark();
        else this.#pop();
        break;
      case 0x31: // POP_MARK
        this.#toMark();
        break;
      case 0x71: // BINPUT
        this.#memo.set(this.#byte(), this.#top());
        break;
      case 0x72: // LONG_BINPUT
        this.#memo.set(this.#length32(), this.#top());
        break;
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        break;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        break;
      case 0x65: // APPENDS
        this.#append(this.#toMark());
        break;
      case 0x73: // SETITEM
        this.#setItems(this.#popMany(2));
        break;
      case 0x75: // SETITEMS
        this.#setItems(this.#toMark());
        break;
      case 0x90: // ADDITEMS
        this.#addItems(this.#toMark());
        break;
      case 0x62: {
        // BUILD: attributes of an object. Of a dict they are notes on the side; all others do not take any
        this.#pop();
        const object = this.#top();
        if (!(object instanceof Map || object instanceof InertObject)) throw refused('it sets the state of an object');
        break;
      }
      default:
        throw refused(`it contains the pickle opcode 0x${instruction.toString(16)}, which no checkpoint needs`);
    }
  }

  #pop(): PickleValue {
    if (this.#stack.length === 0) throw nonsense();
    return this.#stack.pop()!;
  }
  #popMany(count: number): PickleValue[] {
    if (this.#stack.length < count) throw nonsense();
    return this.#stack.splice(this.#stack.length - count);
  }
  #top(): PickleValue {
    if (this.#stack.length === 0) throw nonsense();
    return this.#stack.at(-1)!;
  }
  /** Everything since the last mark; the mark goes. */
  #toMark(): PickleValue[] {
    const below = this.#below.pop();
    if (!below) throw nonsense();
    const items = this.#stack;
    this.#stack = below;
    return items;
  }

  #append(items: PickleValue[]): void {
    const list = this.#top();
    if (list instanceof InertObject) return;
    if (!Array.isArray(list)) throw nonsense();
    for (const item of items) list.push(item);
  }

  #setItems(items: PickleValue[]): void {
    const dict = this.#top();
    if (dict instanceof InertObject) return;
    if (!(dict instanceof Map)) throw nonsense();
    withItems(dict, items);
  }
  #addItems(items: PickleValue[]): void {
    const set = this.#top();
    if (set instanceof InertObject) return;
    if (!(set instanceof Set)) throw nonsense();
    for (const item of items) set.add(item);
  }

  #recall(place: number): PickleValue {
    const value = this.#memo.get(place);
    if (value === undefined) throw nonsense();
    return value;
  }

  /** @returns where these bytes begin */
  #take(count: number): number {
    const from = this.#at;
    if (count > this.#bytes.length - from) throw new PickleError('damaged', 'its pickle is truncated');
    this.#at += count;
    return from;
  }
  #byte(): number {
    return this.#bytes[this.#take(1)]!;
  }
  #slice(length: number): Uint8Array {
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }
  #length32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  #length64(): number {
    const length = this.#view.getBigUint64(this.#take(8), true);
    return length > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(length);
  }
  #text(length: number): string {
    const bytes = this.#slice(length);
    try {
      return UTF8.decode(bytes);
    } catch {
      throw new PickleError('damaged', 'a text in its pickle is not UTF-8');
    }
  }
  /** Up to the next line feed. */
  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new PickleError('damaged', 'its pickle is truncated');
    const text = this.#text(end - this.#at);
    this.#at++;
    return text;
  }
  /** Two's complement, little-endian. @returns a number where that is exact */
  #integer(length: number): number | bigint {
    if (length < 0 || length > MAX_INTEGER_BYTES) throw refused(`it contains an integer of ${length} bytes`);
    const bytes = this.#slice(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    if (length > 0 && bytes[length - 1]! >= 0x80) value -= 1n << BigInt(8 * length);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
}

/** A value in a wrapping, since null is one too. */
interface Pushed {
  value: PickleValue;
}

function pushed(value: PickleValue): Pushed {
  return { value };
}

function withItems(dict: Map<PickleValue, PickleValue>, items: PickleValue[]): Map<PickleValue, PickleValue> {
  if (items.length % 2 !== 0) throw nonsense();
  for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
  return dict;
}

function construct(callee: PickleValue | undefined, args: PickleValue | undefined): PickleValue {
  if (!(callee instanceof PickleConstructor)) throw refused('it calls an unknown constructor');
  if (!Array.isArray(args)) throw nonsense();
  return callee.construct(args);
}

function refused(message: string): PickleError {
  return new PickleError('refused', message);
}

function nonsense(): PickleError {
  return new PickleError('damaged', 'its pickle is invalid');
}
