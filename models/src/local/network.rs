//! The network, loaded: windows of token ids in, vectors out.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, ValueOrView};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};

use super::LocalError;
use super::encoder::{ATTENTION_MASK, INPUT_IDS};
use super::pooling::Pooling;

/// A loaded network and its pooling. Runs may go on side by side.
pub(super) struct Network {
    model: Model,
    ids: NodeId,
    mask: Option<NodeId>,
    types: Option<NodeId>,
    output: NodeId,
    hidden: usize,
    pooling: Pooling,
}

impl Network {
    /// Loads an ONNX file.
    pub(super) fn open(path: &Path, hidden: usize, pooling: Pooling) -> Result<Self, LocalError> {
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model = options.load_file(path).map_err(|error| LocalError::damaged(path, error))?;
        let ids = model.find_node(INPUT_IDS);
        let ids = ids.ok_or_else(|| LocalError::damaged(path, "it has no input 'input_ids'"))?;
        let outputs = ["last_hidden_state", "token_embeddings"];
        let named = outputs.iter().find_map(|name| model.find_node(name));
        let output = named
            .or_else(|| model.output_ids().first().copied())
            .ok_or_else(|| LocalError::damaged(path, "it has no output"))?;
        Ok(Self {
            mask: model.find_node(ATTENTION_MASK),
            types: model.find_node("token_type_ids"),
            model,
            ids,
            output,
            hidden,
            pooling,
        })
    }

    /// Length of the vectors.
    pub(super) fn dimensions(&self) -> usize {
        self.pooling.dimensions(self.hidden)
    }

    /// The vectors of some windows, special tokens included, in their order; what went wrong, else.
    pub(super) fn run(
        &self,
        windows: &[&[u32]],
        threads: &Arc<ThreadPool>,
    ) -> Result<Vec<Vec<f32>>, String> {
        let longest = windows.iter().map(|window| window.len()).max().unwrap_or(0);
        let shape = [windows.len(), longest];
        let mut ids = NdTensor::<i32, 2>::zeros(shape);
        let mut mask = NdTensor::<i32, 2>::zeros(shape);
        for (row, window) in windows.iter().enumerate() {
            for (column, id) in window.iter().enumerate() {
                ids[[row, column]] = i32::try_from(*id).map_err(|error| error.to_string())?;
                mask[[row, column]] = 1;
            }
        }
        let mut inputs: Vec<(NodeId, ValueOrView<'_>)> = vec![(self.ids, ids.into())];
        inputs.extend(self.mask.map(|node| (node, mask.into())));
        inputs.extend(self.types.map(|node| (node, NdTensor::<i32, 2>::zeros(shape).into())));
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(threads)));
        let outputs = self.model.run(inputs, &[self.output], Some(options));
        let output = outputs.map_err(|error| error.to_string())?.into_iter().next();
        let rows: Tensor<f32> =
            output.ok_or("the network has no output")?.try_into().map_err(|_other_type| {
                "the network's output is not of floating point numbers".to_owned()
            })?;
        if rows.shape() != [shape[0], shape[1], self.hidden] {
            return Err(format!("the network's output has the shape {:?}", rows.shape()));
        }
        let rows = rows.to_contiguous();
        let rows = rows.data().chunks_exact(longest * self.hidden);
        windows.iter().zip(rows).map(|(window, rows)| self.pool(window.len(), rows)).collect()
    }

    fn pool(&self, tokens: usize, rows: &[f32]) -> Result<Vec<f32>, String> {
        let vector = self.pooling.pool(&rows[..tokens * self.hidden], self.hidden);
        if vector.iter().all(|x| x.is_finite()) {
            Ok(vector)
        } else {
            Err("the network made a vector that is not of numbers".to_owned())
        }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("parameters", &self.model.total_params())
            .field("pooling", &self.pooling)
            .finish_non_exhaustive()
    }
}
