//! What the families of checkpoints call their tensors.

/// Names of what stands before the layers.
#[derive(Debug)]
pub(super) struct Names {
    family: Family,
    /// The table of words.
    pub(super) words: String,
    /// The table of positions.
    pub(super) positions: String,
    /// The table of token types, where there is one.
    pub(super) types: Option<String>,
    /// The normalisation of their sum.
    pub(super) norm: String,
}

/// Names of a layer's parts, without `.weight` and `.bias`.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) query: String,
    pub(super) key: String,
    pub(super) value: String,
    pub(super) attention_out: String,
    pub(super) attention_norm: String,
    pub(super) inner: String,
    pub(super) outer: String,
    pub(super) norm: String,
}

#[derive(Debug, Clone, Copy)]
enum Family {
    Bert,
    DistilBert,
}

impl Names {
    /// The names of a `model_type`; what to say about another, in words that follow "the model".
    pub(super) fn of(model_type: &str) -> Result<Self, String> {
        let family = match model_type {
            "bert" | "roberta" | "xlm-roberta" | "camembert" => Family::Bert,
            "distilbert" => Family::DistilBert,
            other => return Err(format!("is of type '{other}'")),
        };
        let types = match family {
            Family::Bert => Some("embeddings.token_type_embeddings.weight".to_owned()),
            Family::DistilBert => None,
        };
        Ok(Self {
            family,
            words: "embeddings.word_embeddings.weight".to_owned(),
            positions: "embeddings.position_embeddings.weight".to_owned(),
            types,
            norm: "embeddings.LayerNorm".to_owned(),
        })
    }

    /// The names in the layer of a number.
    pub(super) fn layer(&self, number: usize) -> Layer {
        match self.family {
            Family::Bert => {
                let name = |part: &str| format!("encoder.layer.{number}.{part}");
                Layer {
                    query: name("attention.self.query"),
                    key: name("attention.self.key"),
                    value: name("attention.self.value"),
                    attention_out: name("attention.output.dense"),
                    attention_norm: name("attention.output.LayerNorm"),
                    inner: name("intermediate.dense"),
                    outer: name("output.dense"),
                    norm: name("output.LayerNorm"),
                }
            }
            Family::DistilBert => {
                let name = |part: &str| format!("transformer.layer.{number}.{part}");
                Layer {
                    query: name("attention.q_lin"),
                    key: name("attention.k_lin"),
                    value: name("attention.v_lin"),
                    attention_out: name("attention.out_lin"),
                    attention_norm: name("sa_layer_norm"),
                    inner: name("ffn.lin1"),
                    outer: name("ffn.lin2"),
                    norm: name("output_layer_norm"),
                }
            }
        }
    }
}
