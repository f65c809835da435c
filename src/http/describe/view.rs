//! What the page of the reference shows, taken out of the document so that the template has nothing to reckon.

use serde_json::Value;

/// Operations about one thing.
#[derive(Debug)]
pub(super) struct Chapter {
    pub(super) name: String,
    pub(super) acts: Vec<Act>,
}

/// One operation.
#[derive(Debug)]
pub(super) struct Act {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) about: String,
    pub(super) parameters: Vec<Row>,
    pub(super) body: Option<Row>,
    pub(super) answers: Vec<Row>,
}

/// A line of a table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    /// What it is, with links to forms, as HTML.
    pub(super) kind: String,
    /// As HTML.
    pub(super) about: String,
    pub(super) is_required: bool,
}

/// A form of JSON.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) members: Vec<Row>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&#34;")
}

/// A description as HTML: paragraphs, lists and code are all the Markdown that descriptions have.
pub(super) fn html(description: &Value) -> String {
    let mut html = String::new();
    let (mut is_list, mut is_open) = (false, false);
    for line in description.as_str().unwrap_or_default().lines() {
        let item = line.strip_prefix("- ");
        if is_list && item.is_none() {
            html.push_str("</ul>");
        }
        if is_open && (item.is_some() || line.is_empty()) {
            html.push_str("</p>");
            is_open = false;
        }
        match item {
            Some(item) => {
                html.push_str(&format!("{}<li>{}</li>", if is_list { "" } else { "<ul>" }, spans(item)))
            }
            None if line.is_empty() => {}
            None => {
                html.push_str(if is_open { " " } else { "<p>" });
                html.push_str(&spans(line));
                is_open = true;
            }
        }
        is_list = item.is_some();
    }
    html + if is_list {
        "</ul>"
    } else if is_open {
        "</p>"
    } else {
        ""
    }
}

fn spans(line: &str) -> String {
    let parts = line.split('`').enumerate();
    let parts = parts.map(|(n, part)| {
        let part = escaped(part);
        if n % 2 == 1 { format!("<code>{part}</code>") } else { part }
    });
    parts.collect()
}

/// What a schema is, in short, as HTML.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href=\"#form-{name}\">{name}</a>");
    }
    for (part, between) in [("allOf", " and "), ("oneOf", " or "), ("anyOf", " or ")] {
        if let Some(all) = schema[part].as_array() {
            return all.iter().map(kind).collect::<Vec<_>>().join(between);
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words =
            words.iter().map(|word| format!("<code>{}</code>", escaped(word.as_str().unwrap_or_default())));
        return words.collect::<Vec<_>>().join(", ");
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(name) if name == "object" && schema["additionalProperties"].is_object() => {
            format!("object of {}", kind(&schema["additionalProperties"]))
        }
        Value::String(name) => escaped(name),
        Value::Array(names) => names.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => "object".to_owned(),
    }
}

fn row(name: &str, schema: &Value, about: &Value, is_required: bool) -> Row {
    let example = schema["examples"][0].as_str().or(schema["example"].as_str());
    let example =
        example.map_or(String::new(), |one| format!("<p>Such as <code>{}</code></p>", escaped(one)));
    Row { name: name.to_owned(), kind: kind(schema), about: html(about) + &example, is_required }
}

/// The chapters, in the order of the document.
pub(super) fn chapters(document: &Value) -> Vec<Chapter> {
    let tags = document["tags"].as_array().into_iter().flatten();
    let chapter = |tag: &Value| Chapter { name: text(&tag["name"]), acts: acts(document, &tag["name"]) };
    tags.map(chapter).collect()
}

fn acts(document: &Value, tag: &Value) -> Vec<Act> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all =
        paths.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |one| (path, one)));
    let mine = all.filter(|(_, (_, operation))| operation["tags"][0] == *tag);
    mine.map(|(path, (method, operation))| act(document, path, method, operation)).collect()
}

fn act(document: &Value, path: &str, method: &str, operation: &Value) -> Act {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.map(|parameter| {
        let parameter = resolved(document, parameter);
        let name = text(&parameter["name"]);
        row(&name, &parameter["schema"], &parameter["description"], parameter["required"] == true)
    });
    let body = operation.get("requestBody").map(|body| {
        let content = body["content"].as_object().and_then(|all| all.values().next());
        row("body", content.map_or(&Value::Null, |one| &one["schema"]), &body["description"], true)
    });
    let answers = operation["responses"].as_object().into_iter().flatten();
    let answers = answers.map(|(status, answer)| {
        let content = answer["content"].as_object().and_then(|all| all.iter().next());
        let schema = content.map_or(&Value::Null, |(_, one)| &one["schema"]);
        let kind = content.map_or(String::new(), |(name, _)| format!("{name}: {}", self::kind(schema)));
        Row { name: status.clone(), kind, about: html(&answer["description"]), is_required: false }
    });
    Act {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        about: html(&operation["description"]),
        parameters: parameters.collect(),
        body,
        answers: answers.collect(),
    }
}

/// What a reference leads to, or the value itself.
fn resolved<'v>(document: &'v Value, value: &'v Value) -> &'v Value {
    let place = value["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(value)
}

/// The forms of JSON, by name.
pub(super) fn forms(document: &Value) -> Vec<Form> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let form = |(name, schema): (&String, &Value)| {
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let parts: Vec<&Value> =
            std::iter::once(schema).chain(parts.map(|part| resolved(document, part))).collect();
        let members = parts.into_iter().flat_map(members).collect();
        Form { name: name.clone(), about: html(&schema["description"]), members }
    };
    schemas.map(form).collect()
}

fn members(schema: &Value) -> Vec<Row> {
    let required = schema["required"].as_array();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let member = |(name, property): (&String, &Value)| {
        let is_required = required.is_some_and(|names| names.iter().any(|one| one == name.as_str()));
        row(name, property, &property["description"], is_required)
    };
    properties.map(member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn should_show_descriptions_as_they_are_meant() {
        let shown = |text: &str| html(&json!(text));
        assert_eq!(shown("one\ntwo `<x>`\n\nthree"), "<p>one two <code>&lt;x&gt;</code></p><p>three</p>");
        assert_eq!(shown("- one\n- two\n"), "<ul><li>one</li><li>two</li></ul>");
        assert_eq!(shown("so:\n- one\nend"), "<p>so:</p><ul><li>one</li></ul><p>end</p>");
        assert_eq!(html(&Value::Null), "");
    }

    #[test]
    fn should_say_what_a_value_is() {
        assert_eq!(kind(&json!({"type": "array", "items": {"type": "string"}})), "list of string");
        let link = "<a href=\"#form-X\">X</a>";
        assert_eq!(kind(&json!({"$ref": "#/components/schemas/X"})), link);
        assert_eq!(kind(&json!({"type": ["integer", "null"]})), "integer or null");
        assert_eq!(kind(&json!({"enum": ["a", "b"]})), "<code>a</code>, <code>b</code>");
    }
}
