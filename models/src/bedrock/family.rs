//! The embedding models of Bedrock that are spoken to, each with its own JSON.

use corpus::Purpose;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::windows::Limits;

/// Models that share a protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// `amazon.titan-embed-text-v1` and its like: 1536 dimensions.
    TitanV1,
    /// `amazon.titan-embed-text-v2`: 256, 512 or 1024 dimensions.
    TitanV2,
    /// `cohere.embed-english-v3` and `cohere.embed-multilingual-v3`: 1024 dimensions.
    CohereV3,
    /// `cohere.embed-v4`: 256, 512, 1024 or 1536 dimensions.
    CohereV4,
}

impl Family {
    /// The family that an id or ARN tells.
    pub(super) fn of(model: &str) -> Option<Self> {
        const MARKS: [(&str, Family); 5] = [
            ("titan-embed-text-v1", Family::TitanV1),
            ("titan-embed-g1-text", Family::TitanV1),
            ("titan-embed-text-v2", Family::TitanV2),
            ("cohere.embed-v4", Family::CohereV4),
            ("cohere.embed-", Family::CohereV3),
        ];
        MARKS.iter().find(|(mark, _)| model.contains(mark)).map(|(_, family)| *family)
    }

    /// The lengths of vector that the family offers, its default first.
    pub(super) fn dimensions(self) -> &'static [u32] {
        match self {
            Self::TitanV1 => &[1536],
            Self::TitanV2 => &[1024, 512, 256],
            Self::CohereV3 => &[1024],
            Self::CohereV4 => &[1536, 1024, 512, 256],
        }
    }

    /// What one text may be: a little under the published limits, since tokens are estimated.
    pub(super) fn limits(self) -> Limits {
        match self {
            Self::TitanV1 | Self::TitanV2 => Limits { tokens: 8000, characters: 50_000 },
            Self::CohereV3 => Limits { tokens: 500, characters: 2048 },
            // Of a window of 128,000, what one chunk is ever good for.
            Self::CohereV4 => Limits { tokens: 8000, characters: 32_000 },
        }
    }

    /// The most texts in one call.
    pub(super) fn texts_per_call(self) -> usize {
        match self {
            Self::TitanV1 | Self::TitanV2 => 1,
            Self::CohereV3 | Self::CohereV4 => 96,
        }
    }

    /// The request for some texts, no more than [`Self::texts_per_call`].
    pub(super) fn request(self, texts: &[&str], purpose: Purpose, dimensions: u32) -> Value {
        let text = texts.first().copied().unwrap_or_default();
        let input_type = match purpose {
            Purpose::Document => "search_document",
            Purpose::Query => "search_query",
        };
        match self {
            Self::TitanV1 => json!({ "inputText": text }),
            Self::TitanV2 => {
                json!({ "inputText": text, "dimensions": dimensions, "normalize": true })
            }
            Self::CohereV3 => {
                json!({ "texts": texts, "input_type": input_type, "truncate": "NONE" })
            }
            Self::CohereV4 => json!({
                "texts": texts,
                "input_type": input_type,
                "truncate": "NONE",
                "embedding_types": ["float"],
                "output_dimension": dimensions,
            }),
        }
    }

    /// The vectors of an answer, in the order of the texts.
    pub(super) fn vectors(self, answer: &[u8]) -> Result<Vec<Vec<f32>>, serde_json::Error> {
        Ok(match self {
            Self::TitanV1 | Self::TitanV2 => {
                vec![serde_json::from_slice::<Titan>(answer)?.embedding]
            }
            Self::CohereV3 | Self::CohereV4 => {
                match serde_json::from_slice::<Cohere>(answer)?.embeddings {
                    CohereEmbeddings::Plain(vectors) => vectors,
                    CohereEmbeddings::ByType { float } => float,
                }
            }
        })
    }
}

#[derive(Deserialize)]
struct Titan {
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct Cohere {
    embeddings: CohereEmbeddings,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum CohereEmbeddings {
    Plain(Vec<Vec<f32>>),
    ByType { float: Vec<Vec<f32>> },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(model: &str, expect: Option<Family>) {
        assert_eq!(Family::of(model), expect, "{model}");
    }

    #[test]
    fn families_are_told_by_ids_and_arns() {
        check("amazon.titan-embed-text-v1", Some(Family::TitanV1));
        check(
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0",
            Some(Family::TitanV2),
        );
        check("amazon.titan-embed-g1-text-02", Some(Family::TitanV1));
        check("cohere.embed-english-v3", Some(Family::CohereV3));
        check("us.cohere.embed-v4:0", Some(Family::CohereV4));
        check("amazon.titan-embed-image-v1", None);
    }

    #[test]
    fn both_forms_of_coheres_answer_are_read() {
        for answer in [r#"{"embeddings":[[1.0,2.0]]}"#, r#"{"embeddings":{"float":[[1.0,2.0]]}}"#] {
            let vectors = Family::CohereV4.vectors(answer.as_bytes());
            assert_eq!(vectors.ok(), Some(vec![vec![1.0, 2.0]]));
        }
        assert!(Family::TitanV1.vectors(b"{}").is_err());
    }
}
