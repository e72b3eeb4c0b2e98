/** What is used of fourier-transform 2.5.0, which comes without types. */
declare module 'fourier-transform' {
  /**
   * Magnitudes of the bins 0 to N/2 − 1: 1 for a cosine of amplitude 1 in the middle of its bin.
   * @param input a power of two of samples @param output float64[N/2], else one that the next call overwrites
   */
  export default function rfft(input: Float32Array | Float64Array, output?: Float64Array): Float64Array;
}
