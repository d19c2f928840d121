//! Runs the built binary in a data directory of its own.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test file uses its own part of this module"
)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "test support fails the test, and reads the developer's settings of the tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use models::fetch::{Sources, default_model};
use serde_json::Value;

/// How long anything may take in a test.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// A folder with a data directory, gone with the test.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// What a command left.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Left {
    /// The JSON that the command printed.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() };
        fs::create_dir(home.data_dir()).unwrap();
        home
    }

    /// A home whose models are those of an OpenAI-compatible server.
    pub(crate) fn with_models_at(url: &str) -> Self {
        let home = Self::new();
        home.configure(&format!(
            r#"
            [[models.embedding]]
            match = "*"
            provider = "openai"
            model = "fake"
            dimensions = 96

            [[models.generation]]
            match = "*"
            provider = "openai"
            model = "fake"

            [models.openai.fake]
            base_url = "{url}"
            "#
        ));
        home
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes the configuration file of the data directory.
    pub(crate) fn configure(&self, toml: &str) {
        fs::write(self.data_dir().join("outcrop.toml"), toml).unwrap();
    }

    /// Sets a variable for all commands.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A folder of documents, by name and text.
    pub(crate) fn documents(&self, name: &str, documents: &[(&str, &str)]) -> PathBuf {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in documents {
            fs::write(folder.join(name), text).unwrap();
        }
        folder
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outcrop"));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("OUTCROP_") || name.starts_with("AWS_") {
                command.env_remove(&*name);
            }
        }
        command
            .args(arguments)
            .env("OUTCROP_DATA_DIR", self.data_dir())
            .env_remove("NO_COLOR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Left {
        wait(self.command(arguments).spawn().unwrap())
    }

    /// Starts a command that goes on.
    pub(crate) fn start(&self, arguments: &[&str]) -> Process {
        Process(Some(self.command(arguments).spawn().unwrap()))
    }

    /// Starts a server on a free port, and returns when it is ready.
    pub(crate) async fn serve(&self) -> (Process, String) {
        let process = self.start(&["serve", "--listen", "127.0.0.1:0"]);
        let endpoint = self.endpoint().await;
        (process, endpoint)
    }

    /// Where the process that holds the data directory is reached, once it is ready.
    pub(crate) async fn endpoint(&self) -> String {
        until("the server is ready", async || {
            let notice = fs::read(self.data_dir().join("server.json")).ok()?;
            let notice: Value = serde_json::from_slice(&notice).unwrap();
            let endpoint = format!("http://{}", notice["address"].as_str().unwrap());
            let ready = get(&endpoint, "/readyz").await?;
            (ready == "ok\n").then_some(endpoint)
        })
        .await
    }
}

/// A process that is killed if the test forgets it.
pub(crate) struct Process(Option<Child>);

impl Process {
    pub(crate) fn id(&self) -> u32 {
        self.0.as_ref().unwrap().id()
    }

    /// Closes the other end of its standard error.
    pub(crate) fn close_log(&mut self) {
        drop(self.0.as_mut().unwrap().stderr.take());
    }

    /// Asks it to stop.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Left {
        wait(self.0.take().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Waits for the end of a process, which must come in time.
fn wait(child: Child) -> Left {
    let id = child.id();
    let (ended, watched) = std::sync::mpsc::sync_channel::<()>(1);
    let watch = std::thread::spawn(move || {
        if watched.recv_timeout(PATIENCE).is_err() {
            drop(Command::new("kill").args(["-KILL", &id.to_string()]).status());
        }
    });
    let output = child.wait_with_output().unwrap();
    // The watch may be over already.
    ended.send(()).unwrap_or_default();
    watch.join().unwrap();
    Left {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Asks until there is an answer.
pub(crate) async fn until<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The body of a GET; none where there is no answer.
pub(crate) async fn get(endpoint: &str, path: &str) -> Option<String> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(format!("{endpoint}{path}")).send().await.ok()?.text().await.ok()
}

/// A home with the local model: of the folder that the environment names, or fetched once for all
/// runs of the tests.
pub(crate) fn home_with_model() -> Home {
    let folder = std::env::var_os("OUTCROP_TEST_MODEL_DIR").map_or_else(
        || {
            let sources = Sources::new(Path::new(env!("CARGO_TARGET_TMPDIR")).join("models"));
            default_model(&sources, &|_progress| {}).unwrap()
        },
        PathBuf::from,
    );
    Home::new().set("OUTCROP_MODELS__LOCAL__FOLDER", folder.to_str().unwrap())
}

/// Whether a file is in a folder.
pub(crate) fn exists(folder: &Path, name: &str) -> bool {
    folder.join(name).exists()
}
