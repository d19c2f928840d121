//! Documents that language models help to read: pages that are shown to one, and chunks that one
//! says where they stand.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use corpus::{
    DocumentStatus, GenerateError, Generation, GenerationRequest, Generator, ImageFormat,
    IngestionJobStatus, ModelTask, ModelUse, Reading, StopReason, Usage,
};
use support::World;

/// What a model does when it is asked.
#[derive(Debug, Clone, Copy)]
enum Does {
    Says(&'static str),
    BreaksOff(&'static str),
    Refuses,
    Throttles,
    IsGone,
}

/// A model that does what the test says for requests that contain something; and notes them all.
#[derive(Debug, Default)]
struct Model {
    rules: Mutex<Vec<(&'static str, VecDeque<Does>)>>,
    requests: Mutex<Vec<GenerationRequest>>,
}

impl Model {
    /// Requests with these words meet one after the other, and the last for ever.
    fn on(&self, words: &'static str, does: &[Does]) {
        self.rules.lock().unwrap().insert(0, (words, does.iter().copied().collect()));
    }

    fn requests(&self) -> Vec<GenerationRequest> {
        self.requests.lock().unwrap().clone()
    }
}

#[async_trait]
impl Generator for Model {
    fn model(&self) -> &'static str {
        "model"
    }

    async fn generate(&self, request: &GenerationRequest) -> Result<Generation, GenerateError> {
        self.requests.lock().unwrap().push(request.clone());
        let asked = &request.messages[0].text;
        let mut rules = self.rules.lock().unwrap();
        let (_, does) = rules.iter_mut().find(|(words, _)| asked.contains(words)).unwrap();
        let does = if does.len() > 1 { does.pop_front().unwrap() } else { does[0] };
        let said = |text: &str, stop_reason| {
            let usage = Usage { input_tokens: 10, output_tokens: 1 };
            Ok(Generation { text: text.to_owned(), stop_reason, usage })
        };
        match does {
            Does::Says(text) => said(text, StopReason::EndTurn),
            Does::BreaksOff(text) => said(text, StopReason::MaxTokens),
            Does::Refuses => Err(GenerateError::Refused { reason: "too violent".to_owned() }),
            Does::Throttles => Err(GenerateError::Throttled { retry_after: Some(Duration::ZERO) }),
            Does::IsGone => Err(GenerateError::Unavailable { reason: "gone".to_owned() }),
        }
    }
}

fn task(prompt: Option<&str>) -> ModelTask {
    ModelTask { model_arn: "m".to_owned(), prompt: prompt.map(str::to_owned) }
}

async fn transcribed(prompt: Option<&str>) -> (World, Arc<Model>) {
    let model = Arc::new(Model::default());
    let reading = Reading { transcription: Some(task(prompt)), situating: None };
    (World::of_reading(reading, Arc::clone(&model) as _).await, model)
}

async fn situated() -> (World, Arc<Model>) {
    let model = Arc::new(Model::default());
    let reading = Reading { transcription: None, situating: Some(task(None)) };
    (World::of_reading(reading, Arc::clone(&model) as _).await, model)
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x02\0\0\0\x09";

/// A PDF with a line of text on each page, which may be none.
fn pdf(pages: &[&str]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for (page, text) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents {} 0 R \
             /Resources << /Font << /F 3 0 R >> >> >>",
            5 + 2 * page
        ));
        let content = format!("BT /F 12 Tf 20 100 Td ({text}) Tj ET");
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let (mut file, mut table) = ("%PDF-1.4\n".to_owned(), String::new());
    for (index, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        write!(file, "{} 0 obj\n{object}\nendobj\n", index + 1).unwrap();
    }
    let (start, count) = (file.len(), objects.len() + 1);
    write!(
        file,
        "xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\n\
         startxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    file.into_bytes()
}

#[tokio::test]
async fn pictures_and_pages_are_read_by_the_model() {
    let (world, model) = transcribed(None).await;
    model.on("scan.png", &[Does::Says("```markdown\n# Invoice\n\nTotal: forty francs\n```")]);
    model.on("Page 1 of 2", &[Does::Says("First page, seen")]);
    model.on("Page 2 of 2", &[Does::Throttles, Does::Throttles, Does::Says("Second page, seen")]);
    world.source.put_bytes("in/scan.png", PNG);
    world.source.put_bytes("report.pdf", &pdf(&["first layer", "second layer"]));
    world.source.put("note.txt", "Read without a model.");
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete, "{job:?}");
    assert_eq!(job.statistics.new_documents_indexed, 3);
    assert_eq!(job.model_use, ModelUse { calls: 3, input_tokens: 30, output_tokens: 3 });
    let texts = world.texts().join("\n");
    for part in ["Total: forty francs", "First page, seen", "Second page, seen", "without a model"]
    {
        assert!(texts.contains(part), "{part}: {texts}");
    }
    assert!(!texts.contains("layer") && !texts.contains("```"), "{texts}");
    let requests = model.requests();
    let about = |words: &str| {
        let asked = requests.iter().find(|one| one.messages[0].text.contains(words)).unwrap();
        asked.messages[0].clone()
    };
    let picture = about("scan.png");
    assert_eq!(
        (picture.images[0].format, picture.images[0].bytes.as_slice()),
        (ImageFormat::Png, PNG)
    );
    let page = about("Page 2 of 2");
    assert!(page.text.contains("second layer"), "{}", page.text);
    assert!(page.images[0].bytes.starts_with(b"\x89PNG"));
    assert!(requests[0].system.as_ref().unwrap().contains("You transcribe pages"));
    // What is unchanged is not read again.
    world.sync().await;
    assert_eq!(model.requests().len(), requests.len());
}

#[tokio::test]
async fn the_prompt_of_the_data_source_replaces_ours() {
    let (world, model) = transcribed(Some("Write everything in capitals")).await;
    model.on("", &[Does::Says("WORDS")]);
    world.source.put_bytes("a.png", PNG);
    world.sync().await;
    let system = model.requests()[0].system.clone();
    assert_eq!(system.as_deref(), Some("Write everything in capitals"));
}

#[tokio::test]
async fn what_the_model_does_not_read_is_read_without_it_and_told() {
    let (world, model) = transcribed(None).await;
    model.on("Page 1 of 3", &[Does::Says("First page, seen")]);
    model.on("Page 2 of 3", &[Does::Refuses]);
    model.on("Page 3 of 3", &[Does::Refuses]);
    model.on("refused.png", &[Does::Refuses]);
    model.on("Page 1 of 1", &[Does::BreaksOff("Begun")]);
    world.source.put_bytes("a.pdf", &pdf(&["first layer", "second layer", "third layer"]));
    world.source.put_bytes("refused.png", PNG);
    world.source.put_bytes("cut.pdf", &pdf(&["layer"]));
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete, "{job:?}");
    let texts = world.texts().join("\n");
    for part in ["First page, seen", "second layer", "third layer", "Begun"] {
        assert!(texts.contains(part), "{part}: {texts}");
    }
    let reason = async |key, status| {
        let document = world.document(key).await.unwrap();
        assert_eq!(document.status, status, "{document:?}");
        document.status_reason.unwrap()
    };
    let told = reason("a.pdf", DocumentStatus::Indexed).await;
    assert!(told.contains("pages 2–3 read by the default parser"), "{told}");
    assert!(told.contains("too violent"), "{told}");
    let told = reason("cut.pdf", DocumentStatus::PartiallyIndexed).await;
    assert!(told.contains("broke off at page 1"), "{told}");
    let told = reason("refused.png", DocumentStatus::Failed).await;
    assert!(told.contains("the model read nothing") && told.contains("too violent"), "{told}");
}

#[tokio::test]
async fn chunks_are_found_by_what_the_model_says_of_them_and_do_not_show_it() {
    let (world, model) = situated().await;
    model.on("", &[Does::Says("This is about the\nzeppelin of 1908.")]);
    world.source.put("a.txt", "It rose from the lake.");
    let job = world.sync().await;
    assert_eq!(job.model_use, ModelUse { calls: 1, input_tokens: 10, output_tokens: 1 });
    let chunk = world.vectors.memory.chunks(world.knowledge_base.id).remove(0).chunk;
    assert_eq!(chunk.shown(), "It rose from the lake.");
    assert!(chunk.searched().contains("This is about the zeppelin of 1908.\n"), "{chunk:?}");
    let request = model.requests().remove(0);
    let asked = &request.messages[0].text;
    assert!(asked.contains("name=\"a.txt\""), "{asked}");
    assert!(asked.contains("<passage>\nIt rose from the lake.\n</passage>"), "{asked}");
}

#[tokio::test]
async fn chunks_that_are_not_situated_are_told() {
    let (world, model) = situated().await;
    model.on("", &[Does::Refuses]);
    world.source.put("a.txt", "It rose from the lake.");
    world.sync().await;
    let document = world.document("a.txt").await.unwrap();
    assert_eq!(document.status, DocumentStatus::Indexed);
    let told = document.status_reason.unwrap();
    assert!(told.starts_with("1 of 1 chunks have no situating context"), "{told}");
    assert_eq!(world.texts(), ["It rose from the lake."]);
}

#[tokio::test]
async fn a_job_waits_for_a_model_that_is_gone_and_can_be_stopped() {
    let (world, model) = situated().await;
    model.on("", &[Does::IsGone]);
    world.source.put("a.txt", "It rose from the lake.");
    let job = world.begin_sync().await;
    world.until(|| !model.requests().is_empty()).await;
    world.catalog.stop_job(job.knowledge_base_id, job.data_source_id, job.id).await.unwrap();
    assert_eq!(world.ended(job.id).await.status, IngestionJobStatus::Stopped);
    model.on("", &[Does::Says("Back.")]);
    assert_eq!(world.sync().await.statistics.new_documents_indexed, 1);
}
