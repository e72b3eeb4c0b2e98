/**
 * The part of the ONNX file format that we write: messages and field numbers of onnx.proto3
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Reflected at run time: one page instead of generated code.
 */
import protobuf from 'protobufjs';

const PROTO = `
syntax = "proto2";
message StringStringEntryProto { optional string key = 1; optional string value = 2; }
message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
message TensorProto {
  repeated int64 dims = 1 [packed = true];
  optional int32 data_type = 2;
  optional string name = 8;
  optional bytes raw_data = 9;
  repeated StringStringEntryProto external_data = 13;
  optional int32 data_location = 14;
}
message AttributeProto {
  optional string name = 1;
  optional float f = 2;
  optional int64 i = 3;
  optional bytes s = 4;
  repeated float floats = 7 [packed = true];
  repeated int64 ints = 8 [packed = true];
  optional int32 type = 20;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string op_type = 4;
  repeated AttributeProto attribute = 5;
  optional string domain = 7;
}
message DimensionProto { optional int64 dim_value = 1; optional string dim_param = 2; }
message TensorShapeProto { repeated DimensionProto dim = 1; }
message TensorTypeProto { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; }
message TypeProto { optional TensorTypeProto tensor_type = 1; }
message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; }
message GraphProto {
  repeated NodeProto node = 1;
  optional string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message ModelProto {
  optional int64 ir_version = 1;
  optional string producer_name = 2;
  optional GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
}`;

/** TensorProto.DataType, as far as we write it. */
export const DATA_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type DataType = keyof typeof DATA_TYPES;
export const BYTES_PER_ELEMENT: Record<DataType, number> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
};

/** AttributeProto.AttributeType */
export const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;
/** TensorProto.DataLocation: the values lie in a file beside the model. */
export const EXTERNAL = 1;
/** Of the file format; 10 came with opset 21 and is read by every onnxruntime since 1.18. */
export const IR_VERSION = 10;

export interface StringEntry {
  key: string;
  value: string;
}
export interface TensorMessage {
  dims: number[];
  data_type: number;
  name: string;
  raw_data?: Uint8Array;
  external_data?: StringEntry[];
  data_location?: number;
}
export interface AttributeMessage {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  floats?: number[];
  ints?: number[];
}
export interface NodeMessage {
  input: string[];
  output: string[];
  name: string;
  op_type: string;
  attribute: AttributeMessage[];
  domain: string;
}
export interface ValueInfoMessage {
  name: string;
  type: { tensor_type: { elem_type: number; shape: { dim: ({ dim_value: number } | { dim_param: string })[] } } };
}
export interface ModelMessage {
  ir_version: number;
  producer_name: string;
  graph: {
    node: NodeMessage[];
    name: string;
    initializer: TensorMessage[];
    input: ValueInfoMessage[];
    output: ValueInfoMessage[];
  };
  opset_import: { domain: string; version: number }[];
  metadata_props: StringEntry[];
}

const ModelProto = protobuf.parse(PROTO, { keepCase: true }).root.lookupType('ModelProto');

/** @returns the content of an .onnx file */
export function encodeModel(model: ModelMessage): Uint8Array {
  const wrong = ModelProto.verify(model);
  if (wrong !== null) throw new TypeError(`not an ONNX model: ${wrong}`);
  return ModelProto.encode(model).finish();
}
