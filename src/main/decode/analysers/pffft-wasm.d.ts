/** What is used of @echogarden/pffft-wasm 0.4.2, which comes without types. */
declare module '@echogarden/pffft-wasm/simd' {
  /** Pointers are bytes in the memory that HEAPF32 shows. */
  interface Pffft {
    readonly HEAPF32: Float32Array;
    /** @param kind 0: of real signals @returns 0 for a size that it cannot transform */
    _pffft_new_setup(size: number, kind: 0 | 1): number;
    /** Aligned as transforms need it. @returns 0 where there is no memory */
    _pffft_aligned_malloc(bytes: number): number;
    /**
     * Of a real signal, `output` gets the real parts of the first and the last bin, then real and imaginary part of each bin
     * between them.
     * @param direction 0 forward; 1 backward, from such bins to the signal, times its size
     */
    _pffft_transform_ordered(setup: number, input: number, output: number, work: number, direction: 0 | 1): void;
  }
  const load: () => Promise<Pffft>;
  export default load;
}
