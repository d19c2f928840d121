//! How the vectors of a text's tokens become one, as sentence-transformers' `Pooling` does it.

use serde::Deserialize;

/// `config.json` of the pooling module. Without a file: the mean, as sentence-transformers has it.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the file has them")]
pub(super) struct PoolingConfig {
    #[serde(default)]
    pooling_mode: Option<Modes>,
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_max_tokens: bool,
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
    #[serde(default)]
    pooling_mode_mean_sqrt_len_tokens: bool,
    #[serde(default)]
    pooling_mode_weightedmean_tokens: bool,
    #[serde(default)]
    pooling_mode_lasttoken: bool,
    #[serde(default = "yes")]
    include_prompt: bool,
}

/// Newer files name the modes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Modes {
    One(String),
    Several(Vec<String>),
}

fn yes() -> bool {
    true
}

impl Default for PoolingConfig {
    fn default() -> Self {
        Self {
            pooling_mode: None,
            pooling_mode_cls_token: false,
            pooling_mode_max_tokens: false,
            pooling_mode_mean_tokens: true,
            pooling_mode_mean_sqrt_len_tokens: false,
            pooling_mode_weightedmean_tokens: false,
            pooling_mode_lasttoken: false,
            include_prompt: true,
        }
    }
}

impl PoolingConfig {
    /// What the file asks for; what is wrong with that, in words that follow "the model".
    pub(super) fn pooling(&self, has_prompts: bool) -> Result<Pooling, String> {
        if has_prompts && !self.include_prompt {
            return Err("leaves its prompts out of the pooling".to_owned());
        }
        let named = match &self.pooling_mode {
            None => Vec::new(),
            Some(Modes::One(name)) => vec![name.as_str()],
            Some(Modes::Several(names)) => names.iter().map(String::as_str).collect(),
        };
        let flags = [
            (self.pooling_mode_cls_token, "cls"),
            (self.pooling_mode_max_tokens, "max"),
            (self.pooling_mode_mean_tokens, "mean"),
            (self.pooling_mode_mean_sqrt_len_tokens, "mean_sqrt_len_tokens"),
            (self.pooling_mode_weightedmean_tokens, "weightedmean"),
            (self.pooling_mode_lasttoken, "lasttoken"),
        ];
        let flagged = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name);
        let names: Vec<&str> = if named.is_empty() { flagged.collect() } else { named };
        let modes: Vec<Mode> = names.into_iter().map(Mode::named).collect::<Result<_, _>>()?;
        if modes.is_empty() {
            return Err("has a pooling of no mode".to_owned());
        }
        Ok(Pooling { modes })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    First,
    Last,
    Max,
    Mean,
    /// The sum over the square root of the number.
    MeanSqrtLength,
    /// Later tokens weigh more.
    WeightedMean,
}

impl Mode {
    fn named(name: &str) -> Result<Self, String> {
        match name {
            "cls" => Ok(Self::First),
            "lasttoken" => Ok(Self::Last),
            "max" => Ok(Self::Max),
            "mean" => Ok(Self::Mean),
            "mean_sqrt_len_tokens" => Ok(Self::MeanSqrtLength),
            "weightedmean" => Ok(Self::WeightedMean),
            other => Err(format!("has a pooling of mode '{other}'")),
        }
    }
}

/// How the vectors of a text's tokens become one: where there are several modes, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pooling {
    modes: Vec<Mode>,
}

impl Pooling {
    /// Length of the vector, for tokens' vectors of length `hidden`.
    pub(super) fn dimensions(&self, hidden: usize) -> usize {
        self.modes.len() * hidden
    }

    /// The text's vector, of unit length: `rows` are its tokens' vectors, one after another, at
    /// least one, padding left out.
    pub(super) fn pool(&self, rows: &[f32], hidden: usize) -> Vec<f32> {
        let mut pooled = Vec::with_capacity(self.dimensions(hidden));
        for mode in &self.modes {
            pooled.extend(pool_one(*mode, rows, hidden));
        }
        normalise(&mut pooled);
        pooled
    }
}

#[expect(clippy::cast_precision_loss, reason = "tokens of one window are few")]
fn pool_one(mode: Mode, rows: &[f32], hidden: usize) -> Vec<f32> {
    let count = rows.len() / hidden;
    match mode {
        Mode::First => rows[..hidden].to_vec(),
        Mode::Last => rows[rows.len() - hidden..].to_vec(),
        Mode::Max => {
            let mut most = rows[..hidden].to_vec();
            for row in rows.chunks_exact(hidden).skip(1) {
                most.iter_mut().zip(row).for_each(|(most, x)| *most = most.max(*x));
            }
            most
        }
        // Unit length makes these two the same where they stand alone.
        Mode::Mean => weighted_sum(rows, hidden, |_| 1.0 / count as f32),
        Mode::MeanSqrtLength => weighted_sum(rows, hidden, |_| 1.0 / (count as f32).sqrt()),
        Mode::WeightedMean => {
            let total = (count * (count + 1)) as f32 / 2.0;
            weighted_sum(rows, hidden, |at| (at + 1) as f32 / total)
        }
    }
}

fn weighted_sum(rows: &[f32], hidden: usize, weight: impl Fn(usize) -> f32) -> Vec<f32> {
    let mut sum = vec![0.0; hidden];
    for (at, row) in rows.chunks_exact(hidden).enumerate() {
        let weight = weight(at);
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += weight * x);
    }
    sum
}

/// Brings a vector to unit length; the zero vector, which has no direction, to the first axis. One
/// that is not of numbers stays so.
pub(super) fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    if length == 0.0 {
        vector[0] = 1.0;
        return;
    }
    #[expect(clippy::cast_possible_truncation, reason = "32 bits are the vector's precision")]
    for x in vector {
        *x = (f64::from(*x) / length) as f32;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    /// Three tokens of two dimensions.
    const ROWS: &[f32] = &[3.0, 4.0, 0.0, 8.0, -6.0, 0.0];

    fn check(config: &str, expect: &[f32]) {
        let config: PoolingConfig = serde_json::from_str(config).unwrap();
        let mut expect = expect.to_vec();
        normalise(&mut expect);
        let pooled = config.pooling(false).unwrap().pool(ROWS, 2);
        for (x, expected) in pooled.iter().zip(&expect) {
            assert!((x - expected).abs() < 1e-6, "{config:?}: {pooled:?}, not {expect:?}");
        }
        assert_eq!(pooled.len(), expect.len());
    }

    #[test]
    fn modes_pool_as_named() {
        check(r#"{"pooling_mode_cls_token": true}"#, &[3.0, 4.0]);
        check(r#"{"pooling_mode_max_tokens": true}"#, &[3.0, 8.0]);
        check(r#"{"pooling_mode_mean_tokens": true}"#, &[-1.0, 4.0]);
        check(r#"{"pooling_mode_mean_sqrt_len_tokens": true}"#, &[-1.0, 4.0]);
        check(r#"{"pooling_mode_weightedmean_tokens": true}"#, &[-15.0 / 6.0, 20.0 / 6.0]);
        check(r#"{"pooling_mode_lasttoken": true}"#, &[-6.0, 0.0]);
        check(r#"{"pooling_mode": "cls"}"#, &[3.0, 4.0]);
    }

    #[test]
    fn several_modes_stand_one_after_another() {
        let both = r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}"#;
        check(both, &[3.0, 4.0, -1.0, 4.0]);
        check(r#"{"pooling_mode": ["mean", "max"]}"#, &[-1.0, 4.0, 3.0, 8.0]);
        let sqrt = 3.0_f32.sqrt();
        let two = r#"{"pooling_mode": ["cls", "mean_sqrt_len_tokens"]}"#;
        check(two, &[3.0, 4.0, -3.0 / sqrt, 12.0 / sqrt]);
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let refuse = |config: &str, prompts, expect: &str| {
            let config: PoolingConfig = serde_json::from_str(config).unwrap();
            assert_eq!(config.pooling(prompts).unwrap_err(), expect);
        };
        refuse("{}", false, "has a pooling of no mode");
        refuse(r#"{"pooling_mode": "attention"}"#, false, "has a pooling of mode 'attention'");
        let without = r#"{"pooling_mode": "mean", "include_prompt": false}"#;
        refuse(without, true, "leaves its prompts out of the pooling");
    }

    #[test]
    fn the_zero_vector_gets_a_direction() {
        let mut vector = [0.0, 0.0];
        normalise(&mut vector);
        assert_eq!(vector.map(f32::to_bits), [1.0_f32, 0.0].map(f32::to_bits));
    }

    #[test]
    fn what_is_not_of_numbers_stays_so() {
        for wrong in [f32::NAN, f32::INFINITY] {
            let mut vector = [1.0, wrong, 2.0];
            normalise(&mut vector);
            assert!(vector.iter().any(|x| !x.is_finite()), "{vector:?}");
        }
    }
}
