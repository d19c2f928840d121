//! What became of the documents that are not indexed whole: each is listed with its reason.

use std::io;

use serde_json::{Value, json};

use crate::client::{Client, ClientError, text};
use crate::terminal::{Terminal, plain};

/// The most documents that are printed.
const SHOWN: usize = 20;

/// The most characters of a document's name.
const NAME: usize = 48;

/// A document that is not indexed whole.
#[derive(Debug)]
pub(super) struct Account {
    document: String,
    status: String,
    reason: String,
}

/// The accounts of a data source: what failed first, then what is there in part, then what was left
/// out.
pub(super) async fn accounts(
    client: &Client,
    (knowledge_base, data_source): (&str, &str),
) -> Result<Vec<Account>, ClientError> {
    let documents = client.documents(knowledge_base, data_source).await?;
    let mut accounts: Vec<Account> = documents.iter().filter_map(Account::of).collect();
    accounts.sort_by(|a, b| (a.order(), &a.document).cmp(&(b.order(), &b.document)));
    Ok(accounts)
}

impl Account {
    /// None where the document is indexed whole.
    fn of(detail: &Value) -> Option<Self> {
        let status = text(detail, "status");
        let identifier = &detail["identifier"];
        let id = [text(&identifier["custom"], "id"), text(&identifier["s3"], "uri")];
        (status != "INDEXED").then(|| Self {
            document: id.concat(),
            status: status.to_owned(),
            reason: text(detail, "statusReason").to_owned(),
        })
    }

    /// Whether a job's reason says of a document what this account says. The job names documents by
    /// what their source calls them, which is not always where they are found.
    pub(super) fn says(&self, reason: &str) -> bool {
        reason.strip_suffix(&self.reason).is_some_and(|name| name.ends_with(": "))
    }

    fn order(&self) -> usize {
        let order = ["FAILED", "PARTIALLY_INDEXED", "IGNORED"];
        order.iter().position(|status| *status == self.status).unwrap_or(order.len())
    }

    fn mark(&self) -> &'static str {
        match self.status.as_str() {
            "FAILED" => "✗ failed ",
            "PARTIALLY_INDEXED" => "~ partly ",
            "IGNORED" => "– skipped",
            _ => "· waits  ",
        }
    }

    fn name(&self) -> String {
        plain(&self.document).chars().take(NAME).collect()
    }

    /// The account for programs.
    pub(super) fn to_json(&self) -> Value {
        json!({"document": self.document, "status": self.status, "reason": self.reason})
    }
}

/// Prints the first of them.
pub(super) fn print(terminal: &Terminal, accounts: &[Account]) -> io::Result<()> {
    let shown = &accounts[..accounts.len().min(SHOWN)];
    let width = |name: &str| console::measure_text_width(name);
    let widest = shown.iter().map(|account| width(&account.name())).max().unwrap_or(0);
    for account in shown {
        let name = account.name();
        let gap = " ".repeat(widest.saturating_sub(width(&name)));
        let (mark, reason) = (account.mark(), plain(&account.reason));
        terminal.print(format_args!("  {mark}  {name}{gap}  {reason}"))?;
    }
    if accounts.len() > shown.len() {
        let more = accounts.len() - shown.len();
        terminal.print(format_args!("  … and {more} more; --json has them"))?;
    }
    Ok(())
}
