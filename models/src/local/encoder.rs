//! The ONNX graph of a BERT-style encoder, built from its architecture.
//!
//! It is built of standard operators, in the patterns that engines know how to fuse: matrix
//! product with bias, layer normalisation, GELU, masked softmax, scaled product with a transpose.

mod names;
mod quantise;

use std::path::Path;

use self::names::Names;
pub(super) use self::quantise::exact_dot_products;
use super::LocalError;
use super::config::Precision;
use super::folder::{Architecture, Folder};
use super::onnx::{self, Attribute, Constant, Element, Extent, Graph, Node, ValueInfo};
use super::weights::Weights;

/// The names of what goes in and comes out.
pub(super) const INPUT_IDS: &str = "input_ids";
pub(super) const ATTENTION_MASK: &str = "attention_mask";
const OUTPUT: &str = "last_hidden_state";

/// Where the numbers of a constant come from.
#[derive(Debug, Clone)]
enum Source {
    Floats(Vec<f32>),
    Ints(Vec<i64>),
    /// A tensor as it is.
    Tensor(String),
    /// A matrix, turned.
    Turned(String),
    /// A matrix, turned, as 8-bit numbers.
    Quantised(String),
    /// What the columns of [`Self::Quantised`] are multiplied by.
    Scales(String),
    /// The table of positions, with the vector of the first token type added.
    Positions {
        table: String,
        types: Option<String>,
    },
    ZeroPoint,
}

/// Writes the graph of a folder's network to `file`.
pub(super) fn write(
    file: std::fs::File,
    folder: &Folder,
    weights: &Weights,
    precision: Precision,
    path: &Path,
) -> Result<std::fs::File, LocalError> {
    let graph = build(folder, weights, precision)?;
    let first = folder.architecture.first_position();
    onnx::write(file, &graph, |constant| numbers(constant, weights, first).map_err(Written::Model))
        .map_err(|error| match error {
            Written::Model(error) => error,
            Written::File(source) => LocalError::Unwritable { path: path.to_owned(), source },
        })
}

/// The two sides that may fail while a graph is written.
enum Written {
    Model(LocalError),
    File(std::io::Error),
}

impl From<std::io::Error> for Written {
    fn from(error: std::io::Error) -> Self {
        Self::File(error)
    }
}

/// The bytes of a constant.
fn numbers(
    constant: &Constant<Source>,
    weights: &Weights,
    first_position: usize,
) -> Result<Vec<u8>, LocalError> {
    let floats = |numbers: Vec<f32>| numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    Ok(match &constant.source {
        Source::Floats(numbers) => floats(numbers.clone()),
        Source::Ints(numbers) => numbers.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Source::Tensor(name) => floats(weights.read(name)?),
        Source::Turned(name) => floats(weights.read_transposed(name)?),
        Source::Quantised(name) => {
            let matrix = weights.read_transposed(name)?;
            quantise::quantised(&matrix, constant.dims[1])
        }
        Source::Scales(name) => {
            floats(quantise::scales(&weights.read_transposed(name)?, constant.dims[0]))
        }
        Source::Positions { table, types } => {
            let hidden = constant.dims[2];
            let mut rows = weights.read(table)?.split_off(first_position * hidden);
            if let Some(types) = types {
                let first = &weights.read(types)?[..hidden];
                for row in rows.chunks_exact_mut(hidden) {
                    row.iter_mut().zip(first).for_each(|(x, y)| *x += y);
                }
            }
            floats(rows)
        }
        Source::ZeroPoint => vec![0],
    })
}

fn build(
    folder: &Folder,
    weights: &Weights,
    precision: Precision,
) -> Result<Graph<Source>, LocalError> {
    let architecture = &folder.architecture;
    let refuse = |reason| LocalError::unsupported(&folder.root, reason);
    let names = Names::of(&architecture.model_type).map_err(refuse)?;
    let activation = Activation::named(&architecture.hidden_act).map_err(refuse)?;
    let mut builder =
        Builder { architecture, weights, precision, nodes: vec![], constants: vec![] };
    let mut rows = builder.embeddings(&names)?;
    let mask = builder.mask();
    for layer in 0..architecture.num_hidden_layers {
        rows = builder.layer(&names.layer(layer), &rows, &mask, activation)?;
    }
    builder.op_named("Identity", &[&rows], OUTPUT, vec![]);
    Ok(builder.finish())
}

#[derive(Debug, Clone, Copy)]
enum Activation {
    Gelu,
    GeluTanh,
    Relu,
}

impl Activation {
    fn named(name: &str) -> Result<Self, String> {
        match name {
            "gelu" => Ok(Self::Gelu),
            "gelu_new" | "gelu_pytorch_tanh" => Ok(Self::GeluTanh),
            "relu" => Ok(Self::Relu),
            other => Err(format!("has the activation '{other}'")),
        }
    }
}

/// A graph that grows. Values are known by name.
struct Builder<'a> {
    architecture: &'a Architecture,
    weights: &'a Weights,
    precision: Precision,
    nodes: Vec<Node>,
    constants: Vec<Constant<Source>>,
}

impl Builder<'_> {
    fn finish(self) -> Graph<Source> {
        let ids = [Extent::Named("batch"), Extent::Named("tokens")];
        let hidden = i64::try_from(self.architecture.hidden_size).unwrap_or(i64::MAX);
        let rows = [ids[0], ids[1], Extent::Fixed(hidden)];
        let inputs = [INPUT_IDS, ATTENTION_MASK];
        Graph {
            nodes: self.nodes,
            constants: self.constants,
            inputs: inputs.map(|name| ValueInfo::tensor(name, Element::Int64, &ids)).to_vec(),
            outputs: vec![ValueInfo::tensor(OUTPUT, Element::Float, &rows)],
        }
    }

    /// Words and positions, added and normalised.
    fn embeddings(&mut self, names: &Names) -> Result<String, LocalError> {
        let words = self.tensor(&names.words)?;
        let word_rows = self.op("Gather", &[&words, INPUT_IDS], vec![]);
        let hidden = self.architecture.hidden_size;
        let rows = self.weights.shape(&names.positions)?[0];
        let positions = rows.saturating_sub(self.architecture.first_position());
        let source =
            Source::Positions { table: names.positions.clone(), types: names.types.clone() };
        let table = self.constant("positions", &[1, positions, hidden], Element::Float, source);
        let zero = self.ints("zero", &[0]);
        let axis = self.ints("axis", &[1]);
        let range = vec![Attribute::int("start", 1), Attribute::int("end", 2)];
        let length = self.op("Shape", &[INPUT_IDS], range);
        let position_rows = self.op("Slice", &[&table, &zero, &length, &axis], vec![]);
        let sum = self.op("Add", &[&word_rows, &position_rows], vec![]);
        self.normalised(&names.norm, &sum)
    }

    /// What is added to the scores: nothing where there is a token, much under zero at padding.
    fn mask(&mut self) -> String {
        let one = self.floats("one", &[1.0]);
        let much = self.floats("much", &[1e9]);
        let axes = self.ints("mask_axes", &[1, 2]);
        let mask = self.op("Cast", &[ATTENTION_MASK], vec![Attribute::int("to", 1)]);
        let mask = self.op("Sub", &[&mask, &one], vec![]);
        let mask = self.op("Mul", &[&mask, &much], vec![]);
        self.op("Unsqueeze", &[&mask, &axes], vec![])
    }

    fn layer(
        &mut self,
        names: &names::Layer,
        rows: &str,
        mask: &str,
        activation: Activation,
    ) -> Result<String, LocalError> {
        let inputs = self.prepared(rows);
        let query = self.linear(&names.query, &inputs)?;
        let key = self.linear(&names.key, &inputs)?;
        let value = self.linear(&names.value, &inputs)?;
        let attended = self.attention(&query, &key, &value, mask);
        let prepared = self.prepared(&attended);
        let attended = self.linear(&names.attention_out, &prepared)?;
        let rows = self.op("Add", &[&attended, rows], vec![]);
        let rows = self.normalised(&names.attention_norm, &rows)?;
        let prepared = self.prepared(&rows);
        let inner = self.linear(&names.inner, &prepared)?;
        let inner = self.activated(activation, &inner);
        let prepared = self.prepared(&inner);
        let outer = self.linear(&names.outer, &prepared)?;
        let rows = self.op("Add", &[&outer, &rows], vec![]);
        self.normalised(&names.norm, &rows)
    }

    fn attention(&mut self, query: &str, key: &str, value: &str, mask: &str) -> String {
        let heads = self.architecture.num_attention_heads;
        let hidden = self.architecture.hidden_size;
        let signed = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let split = self.ints("split", &[0, 0, signed(heads), signed(hidden / heads)]);
        let joined = self.ints("joined", &[0, 0, signed(hidden)]);
        #[expect(clippy::cast_precision_loss, reason = "a head's size is small")]
        let scale = self.floats("scale", &[((hidden / heads) as f32).sqrt()]);
        let mut headed = |input: &str, order: [i64; 4]| {
            let input = self.op("Reshape", &[input, &split], vec![]);
            self.op("Transpose", &[&input], vec![Attribute::ints("perm", &order)])
        };
        let query = headed(query, [0, 2, 1, 3]);
        let key = headed(key, [0, 2, 3, 1]);
        let value = headed(value, [0, 2, 1, 3]);
        let scores = self.op("MatMul", &[&query, &key], vec![]);
        let scores = self.op("Div", &[&scores, &scale], vec![]);
        let scores = self.op("Add", &[&scores, mask], vec![]);
        let shares = self.op("Softmax", &[&scores], vec![Attribute::int("axis", -1)]);
        let mixed = self.op("MatMul", &[&shares, &value], vec![]);
        let order = vec![Attribute::ints("perm", &[0, 2, 1, 3])];
        let mixed = self.op("Transpose", &[&mixed], order);
        self.op("Reshape", &[&mixed, &joined], vec![])
    }

    fn activated(&mut self, activation: Activation, input: &str) -> String {
        match activation {
            Activation::Relu => self.op("Relu", &[input], vec![]),
            Activation::Gelu => {
                let root = self.floats("root_of_two", &[std::f32::consts::SQRT_2]);
                let (one, half) = (self.floats("one", &[1.0]), self.floats("half", &[0.5]));
                let scaled = self.op("Div", &[input, &root], vec![]);
                let error = self.op("Erf", &[&scaled], vec![]);
                let error = self.op("Add", &[&error, &one], vec![]);
                let product = self.op("Mul", &[input, &error], vec![]);
                self.op("Mul", &[&product, &half], vec![])
            }
            Activation::GeluTanh => {
                let root = self.floats("root", &[(2.0 / std::f32::consts::PI).sqrt()]);
                let (three, share) =
                    (self.floats("three", &[3.0]), self.floats("share", &[0.044_715]));
                let (one, half) = (self.floats("one", &[1.0]), self.floats("half", &[0.5]));
                let cube = self.op("Pow", &[input, &three], vec![]);
                let cube = self.op("Mul", &[&cube, &share], vec![]);
                let sum = self.op("Add", &[input, &cube], vec![]);
                let scaled = self.op("Mul", &[&root, &sum], vec![]);
                let tanh = self.op("Tanh", &[&scaled], vec![]);
                let tanh = self.op("Add", &[&one, &tanh], vec![]);
                let halved = self.op("Mul", &[input, &half], vec![]);
                self.op("Mul", &[&halved, &tanh], vec![])
            }
        }
    }

    fn normalised(&mut self, name: &str, input: &str) -> Result<String, LocalError> {
        let scale = self.tensor(&format!("{name}.weight"))?;
        let bias = self.tensor(&format!("{name}.bias"))?;
        let epsilon = self.architecture.layer_norm_eps;
        let how = vec![Attribute::int("axis", -1), Attribute::float("epsilon", epsilon)];
        Ok(self.op("LayerNormalization", &[input, &scale, &bias], how))
    }

    /// Rows as the matrix products take them.
    fn prepared(&mut self, rows: &str) -> Rows {
        match self.precision {
            Precision::Fp32 => Rows::Floats(rows.to_owned()),
            Precision::Int8 => {
                let name = format!("{rows}_q");
                let (scale, zero) = (format!("{name}_scale"), format!("{name}_zero"));
                let outputs = [name.clone(), scale.clone(), zero.clone()];
                self.node("DynamicQuantizeLinear", &[rows], &outputs, vec![]);
                Rows::Quantised { rows: name, scale, zero }
            }
        }
    }

    /// A matrix product with a bias.
    fn linear(&mut self, name: &str, rows: &Rows) -> Result<String, LocalError> {
        let matrix = format!("{name}.weight");
        let [outputs, inputs] = self.weights.matrix(&matrix)?;
        let product = match rows {
            Rows::Floats(rows) => {
                let source = Source::Turned(matrix.clone());
                let matrix = self.constant(&matrix, &[inputs, outputs], Element::Float, source);
                self.op("MatMul", &[rows, &matrix], vec![])
            }
            Rows::Quantised { rows, scale, zero } => {
                let quantised = Source::Quantised(matrix.clone());
                let scales = Source::Scales(matrix.clone());
                let scales =
                    self.constant(&format!("{name}.scales"), &[outputs], Element::Float, scales);
                let matrix = self.constant(&matrix, &[inputs, outputs], Element::Int8, quantised);
                let middle = self.constant("middle", &[], Element::Int8, Source::ZeroPoint);
                let counts = self.op("MatMulInteger", &[rows, &matrix, zero, &middle], vec![]);
                let counts = self.op("Cast", &[&counts], vec![Attribute::int("to", 1)]);
                let scales = self.op("Mul", &[scale, &scales], vec![]);
                self.op("Mul", &[&counts, &scales], vec![])
            }
        };
        let bias = self.tensor(&format!("{name}.bias"))?;
        Ok(self.op("Add", &[&product, &bias], vec![]))
    }

    /// A tensor of the weights as a constant.
    fn tensor(&mut self, name: &str) -> Result<String, LocalError> {
        let shape = self.weights.shape(name)?.to_vec();
        Ok(self.constant(name, &shape, Element::Float, Source::Tensor(name.to_owned())))
    }

    /// One number is a scalar.
    fn floats(&mut self, name: &str, numbers: &[f32]) -> String {
        let dims = if numbers.len() == 1 { vec![] } else { vec![numbers.len()] };
        self.constant(name, &dims, Element::Float, Source::Floats(numbers.to_vec()))
    }

    fn ints(&mut self, name: &str, numbers: &[i64]) -> String {
        self.constant(name, &[numbers.len()], Element::Int64, Source::Ints(numbers.to_vec()))
    }

    /// A constant, once for each name.
    fn constant(&mut self, name: &str, dims: &[usize], element: Element, source: Source) -> String {
        if !self.constants.iter().any(|constant| constant.name == name) {
            let (name, dims) = (name.to_owned(), dims.to_vec());
            self.constants.push(Constant { name, dims, element, source });
        }
        name.to_owned()
    }

    fn op(&mut self, op_type: &str, inputs: &[&str], attributes: Vec<Attribute>) -> String {
        let output = format!("{}_{}", op_type.to_lowercase(), self.nodes.len());
        self.op_named(op_type, inputs, &output, attributes);
        output
    }

    fn op_named(
        &mut self,
        op_type: &str,
        inputs: &[&str],
        output: &str,
        attributes: Vec<Attribute>,
    ) {
        self.node(op_type, inputs, &[output.to_owned()], attributes);
    }

    fn node(
        &mut self,
        op_type: &str,
        inputs: &[&str],
        outputs: &[String],
        attribute: Vec<Attribute>,
    ) {
        self.nodes.push(Node {
            input: inputs.iter().map(|name| (*name).to_owned()).collect(),
            output: outputs.to_vec(),
            name: format!("node_{}", self.nodes.len()),
            op_type: op_type.to_owned(),
            attribute,
        });
    }
}

/// Rows that go into matrix products.
enum Rows {
    Floats(String),
    Quantised { rows: String, scale: String, zero: String },
}
