//! Parameters and their schemas, as the reference tells them.

use serde_json::{Value, json};

fn parameter(place: &str, name: &str, is_required: bool, about: &str, schema: &Value) -> Value {
    json!({"in": place, "name": name, "required": is_required, "description": about, "schema": schema})
}

/// Returns a parameter of the query that may be left out.
pub fn query(name: &str, about: &str, schema: &Value) -> Value {
    parameter("query", name, false, about, schema)
}

/// Returns a parameter of the query that has to be there.
pub fn required(name: &str, about: &str, schema: &Value) -> Value {
    parameter("query", name, true, about, schema)
}

/// Returns a part of the path.
pub fn in_path(name: &str, about: &str, schema: &Value) -> Value {
    parameter("path", name, true, about, schema)
}

/// Returns the schema of a text, with an example.
pub fn words(example: &str) -> Value {
    json!({"type": "string", "examples": [example]})
}

/// Returns the schema of a whole number from `least` on.
pub fn whole(least: u64) -> Value {
    json!({"type": "integer", "minimum": least})
}

/// Returns the schema of a whole number within bounds.
pub fn whole_up_to(least: u64, most: u64) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most})
}

/// Returns the schema of a word out of a few.
pub fn one_of(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

/// Returns the schema of an amount of whole coins, or of a rate, as text.
pub fn decimal(example: &str) -> Value {
    json!({"type": "string", "pattern": "^[0-9]+([./][0-9]+)?$", "examples": [example]})
}
