//! Secrets: sealed, bound to their names, replaced by who saw them last.

use std::fs;

use catalog::SecretKey;
use corpus::{SecretError, SecretFields, Secrets};
use secrecy::{ExposeSecret, SecretString};

use crate::support::Fixture;

const ARN: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:wiki";

fn key(byte: u8) -> SecretKey {
    SecretKey::new([byte; 32])
}

fn fields(token: &str) -> SecretFields {
    let fields = [("user", "crawler"), ("token", token)];
    fields.map(|(name, value)| (name.to_owned(), SecretString::from(value))).into()
}

async fn token(secrets: &dyn Secrets, arn: &str) -> Result<String, SecretError> {
    let secret = secrets.secret(arn).await?;
    Ok(secret.field("token")?.expose_secret().to_owned())
}

#[tokio::test]
async fn secrets_are_stored_replaced_listed_and_removed() {
    let mut fixture = Fixture::new().await;
    let secrets = fixture.catalog.secrets(key(1));
    secrets.set("wiki", &fields("one")).await.unwrap();
    secrets.set("crm", &fields("two")).await.unwrap();
    secrets.set("wiki", &fields("three")).await.unwrap();
    fixture.reopen().await;
    let secrets = fixture.catalog.secrets(key(1));
    assert_eq!(secrets.names().await.unwrap(), ["crm", "wiki"]);
    for arn in [ARN, "wiki"] {
        assert_eq!(token(secrets.as_ref(), arn).await.unwrap(), "three");
    }
    let secret = secrets.secret(ARN).await.unwrap();
    assert_eq!(secret.name, "wiki");
    assert!(matches!(secret.field("password"), Err(SecretError::NoField { .. })));
    assert!(secrets.remove("wiki").await.unwrap());
    assert!(!secrets.remove("wiki").await.unwrap());
    let error = token(secrets.as_ref(), ARN).await.unwrap_err();
    assert!(matches!(error, SecretError::Unknown { .. }));
    assert!(error.to_string().contains("outcrop secret set wiki"), "{error}");
}

#[tokio::test]
async fn another_key_opens_nothing() {
    let fixture = Fixture::new().await;
    fixture.catalog.secrets(key(1)).set("wiki", &fields("one")).await.unwrap();
    let error = token(fixture.catalog.secrets(key(2)).as_ref(), ARN).await.unwrap_err();
    assert!(matches!(error, SecretError::Unreadable { .. }));
    assert!(error.to_string().contains("store it again"), "{error}");
}

/// Changes the file as nobody but an intruder would.
async fn tamper(fixture: &Fixture, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(fixture.path());
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let done = sqlx::query(statement).execute(&pool).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    pool.close().await;
}

#[tokio::test]
async fn what_was_tampered_with_is_not_opened() {
    for statement in [
        // One bit, the nonce, the end, everything, and another secret under its name.
        "UPDATE secrets SET sealed = substr(sealed, 1, 30) || X'00' || substr(sealed, 32) \
         WHERE name = 'wiki'",
        "UPDATE secrets SET sealed = X'00' || substr(sealed, 2) WHERE name = 'wiki'",
        "UPDATE secrets SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE name = 'wiki'",
        "UPDATE secrets SET sealed = X'' WHERE name = 'wiki'",
        "UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE name = 'crm') \
         WHERE name = 'wiki'",
    ] {
        let fixture = Fixture::new().await;
        let secrets = fixture.catalog.secrets(key(1));
        secrets.set("wiki", &fields("one")).await.unwrap();
        secrets.set("crm", &fields("two")).await.unwrap();
        tamper(&fixture, statement).await;
        let error = token(secrets.as_ref(), ARN).await.unwrap_err();
        assert!(matches!(error, SecretError::Unreadable { .. }), "{statement}: {error}");
        assert_eq!(token(secrets.as_ref(), "crm").await.unwrap(), "two");
    }
}

#[tokio::test]
async fn a_token_that_is_used_up_is_replaced_by_one_worker_alone() {
    let fixture = Fixture::new().await;
    let secrets = fixture.catalog.secrets(key(1));
    secrets.set("wiki", &fields("refresh 1")).await.unwrap();
    let seen = secrets.secret(ARN).await.unwrap();
    let (one, other) = tokio::join!(
        secrets.replace(&seen, fields("refresh 2")),
        secrets.replace(&seen, fields("refresh 2")),
    );
    assert_ne!(one.unwrap(), other.unwrap());
    assert!(!secrets.replace(&seen, fields("refresh 3")).await.unwrap());
    assert_eq!(token(secrets.as_ref(), ARN).await.unwrap(), "refresh 2");
    let seen = secrets.secret(ARN).await.unwrap();
    secrets.remove("wiki").await.unwrap();
    assert!(!secrets.replace(&seen, fields("refresh 4")).await.unwrap());
    assert!(secrets.names().await.unwrap().is_empty(), "what was removed does not come back");
    // Stored anew, however often, it is another secret.
    for _ in 0..seen.version {
        secrets.set("wiki", &fields("fresh")).await.unwrap();
        assert!(!secrets.replace(&seen, fields("refresh 5")).await.unwrap());
    }
}

#[tokio::test]
async fn no_secret_is_in_the_files_or_in_what_is_printed() {
    let fixture = Fixture::new().await;
    let secrets = fixture.catalog.secrets(key(7));
    secrets.set("wiki", &fields("hidden-and-found-nowhere")).await.unwrap();
    let secret = secrets.secret(ARN).await.unwrap();
    let printed = format!("{secrets:?} {secret:?}");
    assert!(!printed.contains("hidden-and-found-nowhere"), "{printed}");
    assert!(!printed.contains("7, 7"), "{printed}");
    for file in fs::read_dir(fixture.directory.path()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        let found = bytes.windows(24).any(|window| window == b"hidden-and-found-nowhere");
        assert!(!found);
    }
}
