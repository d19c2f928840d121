//! What becomes of macros. One that is not known keeps its body and loses its parameters.

use super::element::Macro;
use super::flow::{Block, Flow, fenced, joined, prefixed};

/// Markdown of a macro.
#[derive(Debug)]
pub(super) enum Rendering {
    /// Text within the line.
    Line(String),
    /// Blocks of their own.
    Blocks(Vec<Block>),
    /// Its body as it is.
    Content(Flow),
}

/// Renders a macro with its rich text body.
pub(super) fn render(open: &Macro, body: Flow) -> Rendering {
    match open.name.as_str() {
        "code" | "noformat" | "code-block" => code(open, body),
        "info" => panel(open, Some("Info"), body),
        "note" => panel(open, Some("Note"), body),
        "tip" => panel(open, Some("Tip"), body),
        "warning" => panel(open, Some("Warning"), body),
        "panel" => panel(open, None, body),
        "expand" | "ui-expand" => titled(open, body),
        "status" => {
            Rendering::Line(open.parameter("title").map_or_else(String::new, |t| format!("[{t}]")))
        }
        "jira" | "jiraissues" => line(open.parameter("key").or(open.parameter("jqlQuery"))),
        // Only a link: the other page is a document of its own, which not everybody may read who
        // may read this one.
        "include" | "excerpt-include" => {
            let page = open.about.as_deref().or(open.parameter("")).or(open.parameter("page"));
            Rendering::Line(page.map_or_else(String::new, |page| format!("→ {page}")))
        }
        "view-file" | "viewfile" | "viewpdf" | "viewdoc" | "viewxls" | "viewppt" | "multimedia" => {
            line(open.about.as_deref().or(open.parameter("name")))
        }
        "drawio" | "drawio-sketch" | "inc-drawio" | "gliffy" | "lucidchart" => {
            let parameters = ["diagramDisplayName", "diagramName", "displayName", "name", "title"];
            line(parameters.iter().find_map(|name| open.parameter(name)))
        }
        name if name.contains("math") || name.contains("latex") => {
            let formula = open.plain.as_deref().or(open.parameter("body")).unwrap_or_default();
            let formula = formula.trim();
            if formula.is_empty() {
                Rendering::Content(body)
            } else {
                Rendering::Line(format!("${formula}$"))
            }
        }
        _ => unknown(open, body),
    }
}

fn line(text: Option<&str>) -> Rendering {
    Rendering::Line(text.unwrap_or_default().to_owned())
}

fn code(open: &Macro, body: Flow) -> Rendering {
    let code = open.plain.clone().unwrap_or_else(|| body.into_raw());
    let code = code.trim_matches(['\n', '\r']).trim_end();
    let mut blocks = Vec::new();
    if let Some(title) = open.parameter("title") {
        blocks.push(Block::Text(format!("**{title}**")));
    }
    if !code.is_empty() {
        let language = open.parameter("language").filter(|language| is_language(language));
        blocks.push(Block::Text(fenced(language.unwrap_or_default(), code)));
    }
    Rendering::Blocks(blocks)
}

fn is_language(language: &str) -> bool {
    language != "none"
        && language.len() <= 20
        && language.chars().all(|c| c.is_ascii_alphanumeric() || "+#-._".contains(c))
}

/// A quote below what it is, and its title.
fn panel(open: &Macro, label: Option<&str>, body: Flow) -> Rendering {
    let head = match (label, open.parameter("title")) {
        (Some(label), Some(title)) => Some(format!("**{label}: {title}**")),
        (Some(label), None) => Some(format!("**{label}**")),
        (None, Some(title)) => Some(format!("**{title}**")),
        (None, None) => None,
    };
    let mut blocks: Vec<Block> = head.map(Block::Text).into_iter().collect();
    let content = body.into_blocks();
    if content.is_empty() && open.parameter("title").is_none() {
        return Rendering::Blocks(content);
    }
    blocks.extend(content);
    Rendering::Blocks(vec![Block::Text(prefixed(&joined(&blocks), "> ", "> "))])
}

fn titled(open: &Macro, body: Flow) -> Rendering {
    let title = open.parameter("title").map(|title| Block::Text(format!("**{title}**")));
    let mut blocks: Vec<Block> = title.into_iter().collect();
    blocks.extend(body.into_blocks());
    Rendering::Blocks(blocks)
}

fn unknown(open: &Macro, body: Flow) -> Rendering {
    let Some(plain) = open.plain.as_deref().map(str::trim).filter(|plain| !plain.is_empty()) else {
        return Rendering::Content(body);
    };
    let mut blocks = body.into_blocks();
    blocks.push(Block::Text(match open.name.as_str() {
        "markdown" => plain.to_owned(),
        "plantuml" => fenced("plantuml", plain),
        _ => fenced("", plain),
    }));
    Rendering::Blocks(blocks)
}
