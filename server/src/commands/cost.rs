//! What a job will ask of language models: said before it runs, and agreed to.

use std::io::{self, IsTerminal, Write};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::client::Client;
use crate::terminal::Terminal;

/// Whether the user has agreed beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// They are asked.
    Asked,
    /// Whatever it costs.
    Given,
}

/// Says what the next job of a data source will ask of language models, if anything, and goes on
/// only where the user agrees.
pub(super) async fn agree(
    client: &Client,
    terminal: &Terminal,
    (knowledge_base, data_source): (&str, &str),
    consent: Consent,
) -> anyhow::Result<()> {
    let Some(estimate) = client.estimate(knowledge_base, data_source).await? else {
        return Ok(());
    };
    terminal.note(words(&estimate))?;
    if consent == Consent::Given || number(&estimate, "calls") == 0 {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        bail!("nobody is there to agree to that: give --yes to go on without being asked");
    }
    terminal.bars.suspend(|| write!(io::stderr(), "  Go on? [y/N] "))?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("the answer could not be read")?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    bail!("nothing was synchronised")
}

fn words(estimate: &Value) -> String {
    let models = estimate["models"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let models: Vec<&str> = models.collect();
    let least = if estimate["isWhole"] == true { "" } else { "at least " };
    format!(
        "  asks {}: {least}some {} calls, {} tokens in, {} tokens out, for {} new or changed \
         documents\n  (a guess from the sizes of files, which may be off three times over, or more \
         where files are mostly pictures)",
        models.join(" and "),
        rounded(number(estimate, "calls")),
        rounded(number(estimate, "inputTokens")),
        rounded(number(estimate, "outputTokens")),
        number(estimate, "documents"),
    )
}

fn number(estimate: &Value, member: &str) -> u64 {
    estimate[member].as_u64().unwrap_or_default()
}

/// A guess to no more than two digits.
fn rounded(number: u64) -> String {
    match number {
        0..100 => number.to_string(),
        100..1_000 => (number / 10 * 10).to_string(),
        1_000..10_000 => format!("{}.{} thousand", number / 1_000, number / 100 % 10),
        10_000..1_000_000 => format!("{} thousand", number / 1_000),
        _ => format!("{}.{} million", number / 1_000_000, number / 100_000 % 10),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_estimate_says_how_rough_it_is() {
        let estimate = json!({"models": ["a", "b"], "documents": 12, "isWhole": false,
            "calls": 345, "inputTokens": 987_654, "outputTokens": 1_234_567});
        let said = words(&estimate);
        assert!(
            said.starts_with(
                "  asks a and b: at least some 340 calls, 987 thousand tokens in, 1.2 million \
                 tokens out, for 12 new or changed documents\n"
            ),
            "{said}"
        );
        assert!(said.contains("off three times over"));
    }

    #[test]
    fn guesses_have_few_digits() {
        let numbers = [0, 99, 456, 4_560, 45_600, 4_560_000];
        let words = ["0", "99", "450", "4.5 thousand", "45 thousand", "4.5 million"];
        assert_eq!(numbers.map(rounded), words);
    }
}
