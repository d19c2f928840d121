//! `outcrop serve`: serves until it is told to stop.

use serde_json::json;

use super::Outcome;
use crate::attachment::hold_alone;
use crate::context::Context;
use crate::service::Running;

/// Runs the command.
pub(crate) async fn run(context: &Context) -> anyhow::Result<Outcome> {
    let held = hold_alone(context)?;
    let mut running = tokio::select! {
        running = Running::start(context, context.config.listen, held) => running?,
        () = context.stop.soft.cancelled() => return Ok(Outcome::Done),
    };
    running.start_triggers();
    let endpoint = format!("http://{}", running.address());
    let folder = context.config.data_dir.display();
    if context.terminal.json() {
        context.terminal.print_json(&json!({
            "endpoint": endpoint,
            "dataDirectory": folder.to_string(),
            "pid": std::process::id(),
        }))?;
    } else {
        context.terminal.print(format_args!(
            "Serving at {} {}",
            context.terminal.bold(&endpoint),
            context.terminal.dim(format_args!("· data in {folder} · Ctrl-C stops")),
        ))?;
    }
    running.until_stopped().await;
    running.finish().await?;
    Ok(Outcome::Done)
}
