/** The tensors of a checkpoint, as those who build graphs of them see them. */

export interface CheckpointTensor {
  key: string;
  /** Row-major; [] for a scalar. */
  shape: number[];
  /** Half precision and double precision in the file are given as float32. */
  dtype: 'float32' | 'int64' | 'bool' | 'uint8';
  /**
   * Its values in C order, whatever the strides in the file. Read from disk when asked, not held: call it once.
   * @throws UserError 'model-damaged' when the bytes on disk are not those that were written; TypeError unless float32
   */
  read(): Promise<Float32Array>;
}

export interface CheckpointTensors {
  /** @throws UserError 'model-damaged' naming the key when there is no such tensor */
  get(key: string): CheckpointTensor;
}

/** Shapes of tensors by key, for each top-level entry that holds some; '' has those at the top itself. */
export type CheckpointOutline = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/** A checkpoint whose file is open. */
export interface Checkpoint extends CheckpointTensors {
  /** Of what {@link verify} reads. */
  readonly bytes: number;
  /**
   * Checks that tensors of these shapes are there and hold floating-point numbers.
   * @param shapes by key
   * @throws UserError model-unusable, naming every key that is missing or otherwise
   */
  expect(shapes: ReadonlyMap<string, readonly number[]>): void;
  /**
   * Compares with checksums, where the format has some.
   * @param onBytes called with how many of {@link bytes} have been compared
   * @throws UserError model-damaged; signal.reason
   */
  verify(onBytes: (done: number) => void, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
