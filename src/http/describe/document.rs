//! The whole reference of a listener, in OpenAPI 3.1.

use serde_json::{Map, Value, json};
use utoipa::PartialSchema;

use super::super::code::Code;
use super::super::problem::Problem;
use super::operation::Operation;

const KEYS: &str = "A text of your own, printable and of 255 characters at most, such as a UUID. The same request \
    with the same key is done once: for a day it is given the first answer again, also after a restart, with \
    `Idempotent-Replayed: true`. What was refused changed nothing and is not kept.";

/// What a listener tells of itself.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Its name.
    pub title: &'static str,
    /// What it is for, in Markdown.
    pub text: &'static str,
    /// Why any of its requests may be refused.
    pub refusals: &'static [Code],
    /// What the bearer of a token may, where there are tokens.
    pub bearer: Option<&'static str>,
    /// Whether requests without a token are served too.
    pub is_open: bool,
}

/// A chapter of the reference: what it is about, and its operations.
pub type Chapter = (&'static str, Vec<Operation>);

/// Returns the document of a listener.
pub fn document(about: &About, chapters: Vec<Chapter>) -> Value {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    schemas.insert("Problem".to_owned(), problem());
    let tags: Vec<Value> = chapters.iter().map(|(name, _)| json!({"name": name})).collect();
    for (tag, operations) in chapters {
        for mut operation in operations {
            let (method, path) = operation.place();
            schemas.extend(operation.take_schemas());
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[method] = operation.described(tag, about.refusals);
        }
    }
    schemas.values_mut().for_each(tidy);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {"title": about.title, "version": env!("CARGO_PKG_VERSION"), "description": about.text,
            "license": {"name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE")}},
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "components": {"schemas": schemas, "parameters": parameters(), "headers": headers()},
    });
    if let Some(bearer) = about.bearer {
        document["components"]["securitySchemes"] =
            json!({"bearer": {"type": "http", "scheme": "bearer", "description": bearer}});
        let with_token = json!({"bearer": []});
        let ways = if about.is_open { vec![json!({}), with_token] } else { vec![with_token] };
        document["security"] = ways.into();
    }
    document
}

/// The form of refusals, with all codes that there are.
fn problem() -> Value {
    let mut schema = serde_json::to_value(Problem::schema()).expect("BUG: a schema is always JSON");
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    schema["properties"]["code"]["enum"] = codes.into();
    schema
}

fn parameters() -> Value {
    json!({
        "IdempotencyKey": {"in": "header", "name": "Idempotency-Key", "required": false,
            "description": KEYS,
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$",
                "examples": ["8e03978e-40d5-43e8-bc93-6894a57f9324"]}},
        "IfNoneMatch": {"in": "header", "name": "If-None-Match", "required": false,
            "description": "The `ETag` of an answer that you have: 304 without a body says that it is still the same.",
            "schema": {"type": "string", "examples": ["W/\"4f2c9a60d3b1e857\""]}},
    })
}

fn headers() -> Value {
    json!({
        "ETag": {"description": "Changes with the answer, and only with it.", "schema": {"type": "string"}},
        "RetryAfter": {"description": "Seconds after which trying again is of use.",
            "schema": {"type": "string", "pattern": "^[0-9]+$"}},
    })
}

/// What may be left out is left out, and never null: only what has to be there may be null.
fn tidy(schema: &mut Value) {
    let required: Vec<String> = schema["required"]
        .as_array()
        .map(|names| names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, property) in properties {
            if !required.contains(name) {
                never_null(property);
            }
        }
    }
    // Forms that are told apart by a name beside them: what has more members has those of another form too.
    let is_forms =
        |parts: &Value| parts.as_array().is_some_and(|all| all.iter().all(|one| one["$ref"].is_string()));
    if let Some(object) = schema.as_object_mut()
        && object.get("oneOf").is_some_and(is_forms)
        && let Some(forms) = object.remove("oneOf")
    {
        object.insert("anyOf".to_owned(), forms);
    }
    for parts in ["allOf", "oneOf", "anyOf"] {
        if let Some(parts) = schema.get_mut(parts).and_then(Value::as_array_mut) {
            parts.iter_mut().for_each(tidy);
        }
    }
}

fn never_null(property: &mut Value) {
    if let Some(kinds) = property["type"].as_array() {
        let mut kinds = kinds.iter().filter(|kind| **kind != "null");
        if let (Some(kind), None) = (kinds.next().cloned(), kinds.next()) {
            property["type"] = kind;
        }
    }
    let others = property["oneOf"].as_array().map(|all| {
        let others = all.iter().filter(|one| one["type"] != "null");
        others.cloned().collect::<Vec<Value>>()
    });
    if let (Some([one]), Some(object)) = (others.as_deref(), property.as_object_mut()) {
        object.remove("oneOf");
        if let Some(members) = one.as_object() {
            object.extend(members.clone());
        }
    }
}
