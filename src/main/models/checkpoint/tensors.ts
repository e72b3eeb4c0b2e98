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
