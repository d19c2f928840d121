#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;

const CONFIG: &str = r#"{"model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1,
    "num_attention_heads": 2, "max_position_embeddings": 512}"#;

/// A folder of some files; `config.json` is [`CONFIG`] where it is not among them.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in [("config.json", CONFIG)].iter().chain(files) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn refuse(files: &[(&str, &str)], expect: &str) {
    let folder = folder(files);
    let error = Folder::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains(expect), "{error}");
}

#[test]
fn a_folder_says_what_the_model_sees() {
    let tokens = |files: &[(&str, &str)]| {
        let folder = folder(files);
        Folder::read(folder.path()).unwrap().tokens_at_once()
    };
    assert_eq!(tokens(&[]), 512);
    assert_eq!(tokens(&[("sentence_bert_config.json", r#"{"max_seq_length": 256}"#)]), 256);
    assert_eq!(tokens(&[("sentence_bert_config.json", r#"{"max_seq_length": 1024}"#)]), 512);
    assert_eq!(tokens(&[("tokenizer_config.json", r#"{"model_max_length": 128}"#)]), 128);
    assert_eq!(tokens(&[("tokenizer_config.json", r#"{"model_max_length": 1e30}"#)]), 512);
    let roberta = r#"{"model_type": "roberta", "hidden_size": 8, "num_hidden_layers": 1,
        "num_attention_heads": 2, "max_position_embeddings": 514, "pad_token_id": 1}"#;
    assert_eq!(tokens(&[("config.json", roberta)]), 512);
}

#[test]
fn prompts_go_by_purpose() {
    let read = |config: &str| {
        let folder = folder(&[("config_sentence_transformers.json", config)]);
        let prompts = Folder::read(folder.path()).unwrap().prompts;
        (prompts.query, prompts.document)
    };
    let both = r#"{"prompts": {"query": "query: ", "passage": "passage: "}}"#;
    assert_eq!(read(both), ("query: ".to_owned(), "passage: ".to_owned()));
    let default = r#"{"prompts": {"query": "q: ", "x": "x: "}, "default_prompt_name": "x"}"#;
    assert_eq!(read(default), ("q: ".to_owned(), "x: ".to_owned()));
    assert_eq!(read(r#"{"prompts": {}}"#), (String::new(), String::new()));
}

#[test]
fn what_cannot_run_is_said() {
    let module =
        |kind: &str| format!(r#"[{{"path": "", "type": "sentence_transformers.models.{kind}"}}]"#);
    refuse(&[("modules.json", &module("Dense"))], "has a module 'Dense'");
    refuse(&[("modules.json", &module("Normalize"))], "has no module 'Transformer'");
    refuse(&[("modules.json", "[")], "is damaged");
    refuse(
        &[("config.json", &CONFIG.replace("\"hidden_size\": 8", "\"hidden_size\": 7"))],
        "heads",
    );
    let relative = CONFIG.replace('}', r#", "position_embedding_type": "relative_key"}"#);
    refuse(&[("config.json", &relative)], "has relative_key positions");
    let pooling = format!(
        r#"{}, {{"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}}]"#,
        module("Transformer").trim_end_matches(']')
    );
    refuse(&[("modules.json", &pooling)], "config.json' of the embedding model is damaged");
    let mode = ("1_Pooling/config.json", r#"{"pooling_mode": "attention"}"#);
    refuse(&[("modules.json", &pooling), mode], "has a pooling of mode 'attention'");
    assert!(Folder::read(Path::new("no such folder")).is_err());
}
