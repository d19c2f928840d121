//! The pages of a site, as HTML made of their web parts.
//!
//! Graph's expansion of a list of pages fails as a whole when one page is corrupt. So pages are
//! listed without their contents, and each is expanded alone, when it is read: a corrupt one
//! fails alone. There is no delta for pages; their tags say what changed.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Body, Content, ReadError};
use reqwest::header::HeaderMap;

use super::graph::Graph;
use super::wire::{CanvasLayout, Column, Page, WebPart};
use crate::download::of_refusal;
use crate::written::pieces;

/// The contents of a page, got when asked for.
#[derive(Debug)]
pub(super) struct PageContent {
    pub(super) graph: Arc<Graph>,
    pub(super) site: String,
    pub(super) page: String,
}

#[async_trait]
impl Content for PageContent {
    async fn open(&self) -> Result<Body, ReadError> {
        let path = ["v1.0", "sites", &self.site, "pages", &self.page, "microsoft.graph.sitePage"];
        let mut url = self.graph.url(path);
        url.query_pairs_mut().append_pair("$expand", "canvasLayout");
        let page: Page = self.graph.json(&url, &HeaderMap::new()).await.map_err(of_refusal)?;
        Ok(pieces(html(&page).into()))
    }
}

/// A page as one HTML document.
fn html(page: &Page) -> String {
    let title = page.title.as_deref().or(page.name.as_deref()).unwrap_or_default();
    let mut html = String::from("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">");
    push(&mut html, "title", title);
    html.push_str("</head><body>\n");
    push(&mut html, "h1", title);
    if let Some(description) = &page.description {
        push(&mut html, "p", description);
    }
    for part in page.canvas_layout.iter().flat_map(parts) {
        push_part(&mut html, part);
    }
    html.push_str("</body></html>\n");
    html
}

/// The parts in the order in which they are read.
fn parts(layout: &CanvasLayout) -> impl Iterator<Item = &WebPart> {
    let columns = layout.horizontal_sections.iter().flat_map(|section| &section.columns);
    let columns = columns.chain(layout.vertical_section.as_ref());
    columns.flat_map(|column: &Column| &column.webparts)
}

fn push_part(html: &mut String, part: &WebPart) {
    if let Some(text) = &part.inner_html {
        html.push_str("<div>");
        html.push_str(text);
        html.push_str("</div>\n");
    }
    let Some(data) = &part.data else { return };
    let Some(content) = &data.server_processed_content else { return };
    for text in content.searchable_plain_texts.iter().filter_map(|text| text.value.as_deref()) {
        push(html, "p", text);
    }
    for text in content.html_strings.iter().filter_map(|text| text.value.as_deref()) {
        html.push_str("<div>");
        html.push_str(text);
        html.push_str("</div>\n");
    }
}

fn push(html: &mut String, element: &str, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    html.extend(["<", element, ">"]);
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            other => html.push(other),
        }
    }
    html.extend(["</", element, ">\n"]);
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_is_its_title_and_its_parts_in_order() {
        let page = json!({
            "id": "1", "title": "Rules & <more>", "description": "",
            "canvasLayout": {
                "horizontalSections": [{"columns": [
                    {"webparts": [{"innerHtml": "<p>First.</p>"}]},
                    {"webparts": [{"data": {"title": "Quick links", "serverProcessedContent": {
                        "searchablePlainTexts": [{"key": "items[0].title", "value": "Menu <1>"}],
                        "htmlStrings": [{"key": "html", "value": "<b>Second.</b>"}],
                        "imageSources": [{"key": "x", "value": "/x.png"}],
                    }}}, {"data": {"title": "Divider"}}]},
                ]}],
                "verticalSection": {"webparts": [{"innerHtml": "<p>Third.</p>"}]},
            },
        });
        let page: Page = serde_json::from_value(page).unwrap();
        assert_eq!(
            html(&page),
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Rules &amp; \
             &lt;more&gt;</title>\n</head><body>\n<h1>Rules &amp; &lt;more&gt;</h1>\n\
             <div><p>First.</p></div>\n<p>Menu &lt;1&gt;</p>\n<div><b>Second.</b></div>\n\
             <div><p>Third.</p></div>\n</body></html>\n"
        );
    }
}
