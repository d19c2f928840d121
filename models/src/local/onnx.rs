//! The part of ONNX's file format that graphs of ours need: protobuf messages, and a writer that
//! never holds more than one tensor's numbers.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};

/// `ModelProto` but for its graph, which is written apart.
#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(int64, tag = "1")]
    ir_version: i64,
    #[prost(string, tag = "2")]
    producer_name: String,
    #[prost(message, repeated, tag = "8")]
    opset_import: Vec<OperatorSet>,
}

/// `OperatorSetIdProto`.
#[derive(Clone, PartialEq, Message)]
struct OperatorSet {
    #[prost(string, tag = "1")]
    domain: String,
    #[prost(int64, tag = "2")]
    version: i64,
}

/// `GraphProto` but for its constants, which are written apart.
#[derive(Clone, PartialEq, Message)]
struct GraphHead {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "11")]
    input: Vec<ValueInfo>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<ValueInfo>,
}

/// `NodeProto`: one operation.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Node {
    #[prost(string, repeated, tag = "1")]
    pub(super) input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub(super) output: Vec<String>,
    #[prost(string, tag = "3")]
    pub(super) name: String,
    #[prost(string, tag = "4")]
    pub(super) op_type: String,
    #[prost(message, repeated, tag = "5")]
    pub(super) attribute: Vec<Attribute>,
}

/// `AttributeProto`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Attribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(float, optional, tag = "2")]
    f: Option<f32>,
    #[prost(int64, optional, tag = "3")]
    i: Option<i64>,
    #[prost(int64, repeated, packed = "false", tag = "8")]
    ints: Vec<i64>,
    #[prost(int32, tag = "20")]
    kind: i32,
}

impl Attribute {
    /// A number.
    pub(super) fn float(name: &str, value: f32) -> Self {
        Self { name: name.to_owned(), f: Some(value), kind: 1, ..Self::default() }
    }

    /// A whole number.
    pub(super) fn int(name: &str, value: i64) -> Self {
        Self { name: name.to_owned(), i: Some(value), kind: 2, ..Self::default() }
    }

    /// Whole numbers.
    pub(super) fn ints(name: &str, values: &[i64]) -> Self {
        Self { name: name.to_owned(), ints: values.to_vec(), kind: 7, ..Self::default() }
    }
}

/// `ValueInfoProto`: what goes in or comes out.
#[derive(Clone, PartialEq, Message)]
pub(super) struct ValueInfo {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    r#type: Option<Type>,
}

#[derive(Clone, PartialEq, Message)]
struct Type {
    #[prost(message, optional, tag = "1")]
    tensor_type: Option<TensorType>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorType {
    #[prost(int32, tag = "1")]
    elem_type: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<Shape>,
}

#[derive(Clone, PartialEq, Message)]
struct Shape {
    #[prost(message, repeated, tag = "1")]
    dim: Vec<Dimension>,
}

#[derive(Clone, PartialEq, Message)]
struct Dimension {
    #[prost(int64, optional, tag = "1")]
    dim_value: Option<i64>,
    #[prost(string, optional, tag = "2")]
    dim_param: Option<String>,
}

/// A dimension of a [`ValueInfo`].
#[derive(Debug, Clone, Copy)]
pub(super) enum Extent {
    /// The same in each run.
    Fixed(i64),
    /// Another in each run.
    Named(&'static str),
}

impl ValueInfo {
    /// A tensor.
    pub(super) fn tensor(name: &str, element: Element, shape: &[Extent]) -> Self {
        let dimensions = shape.iter().map(|extent| match extent {
            Extent::Fixed(value) => Dimension { dim_value: Some(*value), dim_param: None },
            Extent::Named(name) => {
                Dimension { dim_value: None, dim_param: Some((*name).to_owned()) }
            }
        });
        let shape = Shape { dim: dimensions.collect() };
        let tensor = TensorType { elem_type: element as i32, shape: Some(shape) };
        Self { name: name.to_owned(), r#type: Some(Type { tensor_type: Some(tensor) }) }
    }
}

/// `TensorProto` but for its numbers, which are written apart.
#[derive(Clone, PartialEq, Message)]
struct TensorHead {
    #[prost(int64, repeated, packed = "false", tag = "1")]
    dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    data_type: i32,
    #[prost(string, tag = "8")]
    name: String,
}

/// Types of numbers, with ONNX's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Float = 1,
    Int8 = 3,
    Int64 = 7,
}

impl Element {
    fn bytes(self) -> usize {
        match self {
            Self::Float => 4,
            Self::Int8 => 1,
            Self::Int64 => 8,
        }
    }
}

/// A constant: its numbers are made when they are written. `S` says where from.
#[derive(Debug)]
pub(super) struct Constant<S> {
    pub(super) name: String,
    pub(super) dims: Vec<usize>,
    pub(super) element: Element,
    pub(super) source: S,
}

impl<S> Constant<S> {
    fn data_bytes(&self) -> usize {
        self.dims.iter().product::<usize>() * self.element.bytes()
    }

    fn head(&self) -> Vec<u8> {
        let dims = self.dims.iter().map(|extent| i64::try_from(*extent).unwrap_or(i64::MAX));
        TensorHead { dims: dims.collect(), data_type: self.element as i32, name: self.name.clone() }
            .encode_to_vec()
    }

    /// Length of the whole `TensorProto`.
    fn bytes(&self) -> usize {
        let data = self.data_bytes();
        self.head().len() + field_length(TENSOR_RAW_DATA, data)
    }
}

/// A graph, and where its constants come from.
#[derive(Debug)]
pub(super) struct Graph<S> {
    pub(super) nodes: Vec<Node>,
    pub(super) constants: Vec<Constant<S>>,
    pub(super) inputs: Vec<ValueInfo>,
    pub(super) outputs: Vec<ValueInfo>,
}

const MODEL_GRAPH: u32 = 7;
const GRAPH_INITIALIZER: u32 = 5;
const TENSOR_RAW_DATA: u32 = 9;

/// Writes a model file. `numbers` gives a constant's little-endian bytes.
pub(super) fn write<S, E: From<io::Error>>(
    file: File,
    graph: &Graph<S>,
    mut numbers: impl FnMut(&Constant<S>) -> Result<Vec<u8>, E>,
) -> Result<File, E> {
    let model = Model {
        ir_version: 8,
        producer_name: "outcrop".to_owned(),
        opset_import: vec![OperatorSet { domain: String::new(), version: 17 }],
    };
    let head = GraphHead {
        node: graph.nodes.clone(),
        name: "encoder".to_owned(),
        input: graph.inputs.clone(),
        output: graph.outputs.clone(),
    }
    .encode_to_vec();
    let constants =
        graph.constants.iter().map(|tensor| field_length(GRAPH_INITIALIZER, tensor.bytes()));
    let graph_bytes = head.len() + constants.sum::<usize>();

    let mut out = BufWriter::new(file);
    out.write_all(&model.encode_to_vec())?;
    write_field_head(&mut out, MODEL_GRAPH, graph_bytes)?;
    out.write_all(&head)?;
    for constant in &graph.constants {
        write_field_head(&mut out, GRAPH_INITIALIZER, constant.bytes())?;
        out.write_all(&constant.head())?;
        write_field_head(&mut out, TENSOR_RAW_DATA, constant.data_bytes())?;
        let data = numbers(constant)?;
        if data.len() != constant.data_bytes() {
            let (name, length) = (&constant.name, data.len());
            let reason = format!("constant '{name}' has {length} bytes");
            return Err(io::Error::other(reason).into());
        }
        out.write_all(&data)?;
    }
    Ok(out.into_inner().map_err(io::IntoInnerError::into_error)?)
}

/// Writes what stands before a field's bytes.
fn write_field_head(out: &mut impl Write, tag: u32, bytes: usize) -> io::Result<()> {
    let mut head = Vec::with_capacity(16);
    encode_key(tag, WireType::LengthDelimited, &mut head);
    encode_varint(bytes as u64, &mut head);
    out.write_all(&head)
}

/// Bytes of a field, with what stands before it.
fn field_length(tag: u32, bytes: usize) -> usize {
    prost::encoding::key_len(tag) + encoded_len_varint(bytes as u64) + bytes
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use rten_tensor::prelude::*;
    use rten_tensor::{NdTensor, Tensor};

    use super::*;

    fn node(op_type: &str, input: &[&str], output: &str, attribute: Vec<Attribute>) -> Node {
        Node {
            input: input.iter().map(|name| (*name).to_owned()).collect(),
            output: vec![output.to_owned()],
            name: format!("{op_type}_{output}"),
            op_type: op_type.to_owned(),
            attribute,
        }
    }

    /// y = transposed (x · w) + b
    fn graph() -> Graph<Vec<f32>> {
        let constant = |name: &str, dims: &[usize], source: &[f32]| Constant {
            name: name.to_owned(),
            dims: dims.to_vec(),
            element: Element::Float,
            source: source.to_vec(),
        };
        let shape = [Extent::Named("rows"), Extent::Fixed(2)];
        Graph {
            nodes: vec![
                node("MatMul", &["x", "w"], "product", vec![]),
                node("Transpose", &["product"], "turned", vec![Attribute::ints("perm", &[1, 0])]),
                node("Add", &["turned", "b"], "y", vec![]),
            ],
            constants: vec![
                constant("w", &[2, 2], &[1.0, 2.0, 3.0, 4.0]),
                constant("b", &[], &[0.5]),
            ],
            inputs: vec![ValueInfo::tensor("x", Element::Float, &shape)],
            outputs: vec![ValueInfo::tensor("y", Element::Float, &shape)],
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the writer calls it")]
    fn bytes(constant: &Constant<Vec<f32>>) -> io::Result<Vec<u8>> {
        Ok(constant.source.iter().flat_map(|x| x.to_le_bytes()).collect())
    }

    #[test]
    fn a_written_graph_runs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.onnx");
        write(File::create(&path).unwrap(), &graph(), bytes).unwrap();
        let model = rten::Model::load_file(&path).unwrap();
        let x = NdTensor::from_data([1, 2], vec![1.0, 10.0]);
        let y: Tensor<f32> = model.run_one(x.into(), None).unwrap().try_into().unwrap();
        assert_eq!((y.shape(), y.to_vec()), (&[2, 1][..], vec![31.5, 42.5]));
    }

    #[test]
    fn wrong_numbers_are_refused() {
        let file = tempfile::tempfile().unwrap();
        let short = |_: &Constant<Vec<f32>>| Ok::<_, io::Error>(vec![0; 3]);
        let error = write(file, &graph(), short).unwrap_err().to_string();
        assert_eq!(error, "constant 'w' has 3 bytes");
    }
}
