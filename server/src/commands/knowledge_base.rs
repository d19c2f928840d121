//! Finding and making knowledge bases and data sources by what people call them.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::bedrock;
use crate::client::{Client, text};

/// The knowledge base of this name, made where there is none.
pub(super) async fn ensure(
    client: &Client,
    name: &str,
    description: &str,
    embedding_model: &str,
) -> anyhow::Result<String> {
    let all = client.knowledge_bases().await?;
    let found = all.into_iter().find(|one| text(one, "name") == name);
    let knowledge_base = if let Some(found) = found {
        found
    } else {
        let request = bedrock::new_knowledge_base(name, description, embedding_model);
        client
            .create_knowledge_base(&request)
            .await
            .with_context(|| format!("the knowledge base '{name}' cannot be created"))?
    };
    match text(&knowledge_base, "status") {
        "ACTIVE" => Ok(text(&knowledge_base, "knowledgeBaseId").to_owned()),
        status => bail!(
            "the knowledge base '{name}' is {status}: wait until it is gone, or give another --name"
        ),
    }
}

/// The data source of a knowledge base that reads this folder, made where there is none.
pub(super) async fn ensure_folder(
    client: &Client,
    knowledge_base: &str,
    folder: &Path,
) -> anyhow::Result<String> {
    let all = client.data_sources(knowledge_base).await?;
    let path = folder.to_string_lossy();
    if let Some(one) = all.iter().find(|one| bedrock::folder_of(one) == Some(path.as_ref())) {
        return Ok(text(one, "dataSourceId").to_owned());
    }
    let plain = bedrock::name_of(&folder.file_name().unwrap_or_default().to_string_lossy());
    let taken = |name: &String| all.iter().any(|one| text(one, "name") == name);
    let numbered =
        (2..).map(|number| format!("{}-{number}", plain.chars().take(90).collect::<String>()));
    let name = std::iter::once(plain.clone()).chain(numbered).find(|name| !taken(name));
    let request = bedrock::new_folder(&name.unwrap_or(plain), folder);
    let data_source = client
        .create_data_source(knowledge_base, &request)
        .await
        .with_context(|| format!("the folder {} cannot be read from", folder.display()))?;
    Ok(text(&data_source, "dataSourceId").to_owned())
}

/// The folders of a knowledge base's data sources.
pub(super) async fn roots(client: &Client, knowledge_base: &str) -> anyhow::Result<Vec<String>> {
    let data_sources = client.data_sources(knowledge_base).await?;
    Ok(data_sources.iter().filter_map(bedrock::folder_of).map(str::to_owned).collect())
}
