/**
 * onnxruntime for Linux (1.30) reports its use to its maker by HTTPS and keeps a device id below ~/.cache, unless this
 * variable is in the environment of its process before it is loaded. Nothing of ours leaves the machine, and that
 * includes the libraries we bring along.
 */
export const NO_TELEMETRY = { ORT_DISABLE_TELEMETRY: '1' } as const;
