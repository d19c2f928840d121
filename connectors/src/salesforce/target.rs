//! What is read of an object: which of its records, under which identity, and how it shows that one
//! is gone.

use corpus::ConnectorError;

use super::org::{Description, Field};
use super::soql::{LONGEST, Name, literal};

/// Objects that are read where the configuration names none. Those that an org hides are passed
/// over.
pub(super) const USUAL: [&str; 9] = [
    "Knowledge__kav",
    "Case",
    "Account",
    "Contact",
    "Lead",
    "Opportunity",
    "Product2",
    "Campaign",
    "ContentVersion",
];

/// Names of objects in the words of Bedrock's documentation, and Salesforce's own.
const ALIASES: [(&str, &str); 7] = [
    ("Knowledge", "Knowledge__kav"),
    ("KnowledgeArticle", "Knowledge__kav"),
    ("KnowledgeArticles", "Knowledge__kav"),
    ("Product", "Product2"),
    ("Pricebook", "Pricebook2"),
    ("Chatter", "FeedItem"),
    ("File", "ContentVersion"),
];

/// Kinds of fields that say something to a reader and can be asked for.
const READABLE: [&str; 16] = [
    "string",
    "textarea",
    "picklist",
    "multipicklist",
    "combobox",
    "email",
    "phone",
    "url",
    "int",
    "long",
    "double",
    "currency",
    "percent",
    "date",
    "datetime",
    "time",
];

/// Fields with words about the machinery, not the record.
const MACHINERY: [&str; 10] = [
    "SystemModstamp",
    "LastViewedDate",
    "LastReferencedDate",
    "PhotoUrl",
    "JigsawContactId",
    "Jigsaw",
    "CleanStatus",
    "UrlName",
    "ContentModifiedDate",
    "PathOnClient",
];

/// The articles that readers see.
const ONLINE: &str = "PublishStatus = 'Online' AND IsLatestVersion = true";

/// Records of an object that are read alike.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// The object.
    pub(super) object: Name,
    /// What a reader calls it.
    pub(super) label: String,
    /// The language of the articles, where they are such.
    pub(super) language: Option<String>,
    /// The fields that are asked for.
    pub(super) selected: Vec<Name>,
    /// The fields that are shown.
    pub(super) shown: Vec<Field>,
    /// The field with the record's name.
    pub(super) name_field: Option<String>,
    /// Which records; none for all.
    pub(super) condition: Option<String>,
    /// The field with the id that outlives a new version.
    pub(super) id_field: &'static str,
    pub(super) removal: Removal,
    /// Where the bytes are, for files.
    pub(super) file: Option<FileFields>,
}

/// How it shows that a record is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Removal {
    /// By the log of deletions of this object.
    Log(&'static str),
    /// By the log of deletions of the object itself.
    OwnLog,
    /// By its absence among all.
    Absence,
}

/// The fields of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileFields {
    pub(super) body: &'static str,
    pub(super) size: &'static str,
    /// Its ending or its media type.
    pub(super) kind: &'static str,
}

/// Salesforce's own name of an object.
pub(super) fn canonical(name: &str) -> &str {
    let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name));
    alias.map_or(name, |(_, canonical)| canonical)
}

impl Target {
    /// What identifies it in keys and in the state: the object, and for articles the language.
    pub(super) fn scope(&self) -> String {
        match &self.language {
            Some(language) => format!("{}/{language}", self.object),
            None => self.object.as_str().to_owned(),
        }
    }

    /// What there is to read of an object.
    pub(super) fn of(description: &Description) -> Result<Vec<Self>, ConnectorError> {
        let object = name(&description.name)?;
        let is_article = object.as_str().ends_with("__kav");
        let mut target = Self {
            label: description.label.clone(),
            language: None,
            shown: Vec::new(),
            selected: Vec::new(),
            name_field: None,
            condition: None,
            id_field: "Id",
            removal: if description.replicateable { Removal::OwnLog } else { Removal::Absence },
            file: None,
            object,
        };
        match target.object.as_str() {
            "ContentVersion" => {
                target.condition = Some("IsLatest = true".to_owned());
                target.id_field = "ContentDocumentId";
                target.removal = Removal::Log("ContentDocument");
                let (body, size, kind) = ("VersionData", "ContentSize", "FileExtension");
                target.file = Some(FileFields { body, size, kind });
            }
            "Attachment" | "Document" => {
                let kind = "ContentType";
                target.file = Some(FileFields { body: "Body", size: "BodyLength", kind });
            }
            _ if is_article => {
                target.id_field = "KnowledgeArticleId";
                target.removal = Removal::Absence;
            }
            _ => {}
        }
        target.choose_fields(description)?;
        if !is_article {
            return Ok(vec![target]);
        }
        let articles: Vec<Self> =
            languages(description).map(|language| target.in_language(language)).collect();
        if articles.is_empty() {
            target.condition = Some(ONLINE.to_owned());
            return Ok(vec![target]);
        }
        Ok(articles)
    }

    fn in_language(&self, language: &str) -> Self {
        let condition = format!("{ONLINE} AND Language = {}", literal(language));
        Self { language: Some(language.to_owned()), condition: Some(condition), ..self.clone() }
    }

    /// Chooses the fields, as many as a question has room for.
    fn choose_fields(&mut self, description: &Description) -> Result<(), ConnectorError> {
        let mut selected = vec!["Id", "SystemModstamp"];
        if self.id_field != "Id" {
            selected.push(self.id_field);
        }
        if let Some(file) = self.file {
            selected.extend([file.size, file.kind]);
        }
        let mut room = LONGEST / 2;
        for field in &description.fields {
            if field.is_name {
                self.name_field = Some(field.name.clone());
            }
            let is_shown = READABLE.contains(&field.kind.as_str())
                && !MACHINERY.contains(&field.name.as_str());
            if !is_shown {
                continue;
            }
            let Some(left) = room.checked_sub(field.name.len() + 2) else {
                tracing::warn!(
                    salesforce.object = %self.object,
                    "the object has more fields than a question has room for: '{}' and others are \
                     left out",
                    field.name
                );
                break;
            };
            room = left;
            self.shown.push(field.clone());
            if !selected.contains(&field.name.as_str()) {
                selected.push(&field.name);
            }
        }
        self.selected = selected.into_iter().map(name).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Leaves out a field that cannot be asked for after all; whether it was one.
    pub(super) fn drop_field(&mut self, field: &str) -> Option<String> {
        let before = self.selected.len();
        self.selected.retain(|one| !one.as_str().eq_ignore_ascii_case(field));
        self.shown.retain(|one| !one.name.eq_ignore_ascii_case(field));
        (self.selected.len() < before).then(|| field.to_owned())
    }
}

fn languages(description: &Description) -> impl Iterator<Item = &str> {
    let field = description.fields.iter().find(|field| field.name == "Language");
    let values = field.map(|field| field.picklist_values.as_slice()).unwrap_or_default();
    values.iter().filter(|value| value.active).map(|value| value.value.as_str())
}

fn name(text: &str) -> Result<Name, ConnectorError> {
    Name::new(text).map_err(|malformed| ConnectorError::Unavailable {
        reason: format!("the org describes something named {malformed}"),
    })
}
