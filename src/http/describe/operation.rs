//! One method of one path, as the reference tells it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::super::code::Code;
use super::super::problem::PROBLEM;

/// Schemas that an operation names, with their names.
type Schemas = Vec<(String, RefOr<Schema>)>;

/// What every POST can be refused for because of its `Idempotency-Key`.
const KEYED: [Code; 4] = [Code::InvalidKey, Code::KeyInUse, Code::KeyReused, Code::TooManyKeys];

/// What every body can be refused for.
const OF_BODIES: [Code; 5] =
    [Code::InvalidContentType, Code::BodyEncoded, Code::BodyTooLarge, Code::BodyLate, Code::InvalidBody];

/// A method of a path: what it takes, answers and refuses.
#[derive(Debug, Clone)]
pub struct Operation {
    method: &'static str,
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    about: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: BTreeMap<u16, Value>,
    refusals: Vec<Code>,
    schemas: Vec<(String, Value)>,
    is_keyed: bool,
    is_validated: bool,
}

impl Operation {
    fn new(method: &'static str, path: &'static str, name: &'static str, summary: &'static str) -> Operation {
        Operation {
            method,
            path,
            name,
            summary,
            about: "",
            parameters: Vec::new(),
            body: None,
            answers: BTreeMap::new(),
            refusals: Vec::new(),
            schemas: Vec::new(),
            is_keyed: false,
            is_validated: false,
        }
    }

    /// Returns a question, which HEAD asks as well. `name` is what clients call it by, `summary` what it is for.
    pub fn get(path: &'static str, name: &'static str, summary: &'static str) -> Operation {
        Operation::new("get", path, name, summary)
    }

    /// Returns an act, which takes an `Idempotency-Key`.
    pub fn post(path: &'static str, name: &'static str, summary: &'static str) -> Operation {
        let act = Operation { is_keyed: true, ..Operation::new("post", path, name, summary) };
        act.refuses(&KEYED)
    }

    /// Returns an act that ends something.
    pub fn delete(path: &'static str, name: &'static str, summary: &'static str) -> Operation {
        Operation::new("delete", path, name, summary)
    }

    /// Takes no `Idempotency-Key`, for a POST that changes nothing.
    pub fn unkeyed(mut self) -> Self {
        self.is_keyed = false;
        self.refusals.retain(|code| !KEYED.contains(code));
        self
    }

    /// Answers with an `ETag`, and 304 to whoever has that already.
    pub fn validated(mut self) -> Self {
        self.is_validated = true;
        self.answers.insert(304, json!({"description": "Nothing has changed since `If-None-Match`."}));
        self
    }

    /// Says more than the summary, in Markdown.
    pub fn about(self, about: &'static str) -> Self {
        Operation { about, ..self }
    }

    /// Takes a parameter; see [`super::query`] and those beside it.
    pub fn takes(mut self, parameter: Value) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Takes several parameters.
    pub fn takes_all(mut self, parameters: impl IntoIterator<Item = Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// Has the document describe this form too, which is named elsewhere in it.
    pub fn knows<T: ToSchema>(mut self) -> Self {
        let _ = self.schema::<T>();
        self
    }

    /// Takes a body in any of these media types.
    pub fn sends<T: ToSchema>(
        mut self,
        media_types: &[&'static str],
        is_required: bool,
        about: &'static str,
    ) -> Self {
        let schema = self.schema::<T>();
        let content: Map<String, Value> =
            media_types.iter().map(|kind| ((*kind).to_owned(), json!({"schema": schema}))).collect();
        self.body = Some(json!({"description": about, "required": is_required, "content": content}));
        self.refuses(&OF_BODIES)
    }

    /// Answers JSON.
    pub fn gives<T: ToSchema>(mut self, status: u16, about: &'static str) -> Self {
        let schema = self.schema::<T>();
        self.gives_schema(status, about, "application/json", schema)
    }

    /// Answers a JSON object with a member for each of something, all of one kind.
    pub fn gives_each<T: ToSchema>(mut self, about: &'static str) -> Self {
        let schema = self.schema::<T>();
        let each = json!({"type": "object", "additionalProperties": schema});
        self.gives_schema(200, about, "application/json", each)
    }

    /// Answers a JSON array.
    pub fn gives_list<T: ToSchema>(mut self, about: &'static str) -> Self {
        let schema = self.schema::<T>();
        let list = json!({"type": "array", "items": schema});
        self.gives_schema(200, about, "application/json", list)
    }

    /// Answers one of two forms of JSON.
    pub fn gives_either<A: ToSchema, B: ToSchema, C: ToSchema>(mut self, about: &'static str) -> Self {
        let each = [self.schema::<A>(), self.schema::<B>(), self.schema::<C>()];
        self.gives_schema(200, about, "application/json", json!({"anyOf": each}))
    }

    /// Answers the same as a file, where that is asked for.
    pub fn also_gives_file(mut self, media_type: &'static str) -> Self {
        let file = json!({"content": {media_type: {"schema": {"type": "string"}}}});
        if let Some(answer) = self.answers.get_mut(&200) {
            add_content(answer, &file);
        }
        self
    }

    /// Answers JSON of this form, where that is asked for, in place of words.
    pub fn also_gives<T: ToSchema>(mut self, status: u16) -> Self {
        let schema = self.schema::<T>();
        if let Some(answer) = self.answers.get_mut(&status) {
            add_content(answer, &json!({"content": {"application/json": {"schema": schema}}}));
        }
        self
    }

    /// Answers words for people.
    pub fn says(self, status: u16, about: &'static str) -> Self {
        self.gives_schema(status, about, "text/plain", json!({"type": "string"}))
    }

    /// Answers a file.
    pub fn gives_file(self, about: &'static str, media_type: &'static str) -> Self {
        self.gives_schema(200, about, media_type, json!({"type": "string"}))
    }

    /// Answers nothing but that it is done.
    pub fn is_silent(mut self, about: &'static str) -> Self {
        self.answers.insert(200, json!({"description": about}));
        self
    }

    /// Is refused for these reasons, in words or as a problem.
    pub fn refuses(mut self, codes: &[Code]) -> Self {
        self.refusals.extend(codes);
        self
    }

    /// Returns its method in small letters, and its path as a template.
    pub fn place(&self) -> (&'static str, &'static str) {
        (self.method, self.path)
    }

    fn gives_schema(mut self, status: u16, about: &str, media_type: &str, schema: Value) -> Self {
        let content = json!({media_type: {"schema": schema}});
        self.answers.insert(status, json!({"description": about, "content": content}));
        self
    }

    /// A reference to a schema, which is kept with all that it names.
    fn schema<T: ToSchema>(&mut self) -> Value {
        let mut all: Schemas = Vec::new();
        T::schemas(&mut all);
        let name = T::name().into_owned();
        all.push((name.clone(), T::schema()));
        self.schemas.extend(all.into_iter().map(|(name, schema)| (name, value_of(&schema))));
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// The schemas that it names.
    pub(super) fn take_schemas(&mut self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.schemas)
    }

    /// The operation as OpenAPI has it. `also` are refusals that all of a listener have.
    pub(super) fn described(mut self, tag: &str, also: &[Code]) -> Value {
        self.refusals.extend(also);
        self.refusals.sort_unstable();
        self.refusals.dedup();
        let mut parameters = std::mem::take(&mut self.parameters);
        for (is_taken, name) in [(self.is_keyed, "IdempotencyKey"), (self.is_validated, "IfNoneMatch")] {
            if is_taken {
                parameters.push(json!({"$ref": format!("#/components/parameters/{name}")}));
            }
        }
        let mut operation = json!({
            "operationId": self.name, "summary": self.summary, "tags": [tag], "responses": self.responses(),
        });
        if !self.about.is_empty() {
            operation["description"] = self.about.into();
        }
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some(body) = self.body {
            operation["requestBody"] = body;
        }
        operation
    }

    /// What is answered, by status: what was asked for, and the refusals.
    fn responses(&mut self) -> Map<String, Value> {
        if self.is_validated
            && let Some(answer) = self.answers.get_mut(&200)
        {
            answer["headers"] = json!({"ETag": {"$ref": "#/components/headers/ETag"}});
        }
        let mut all: Map<String, Value> =
            self.answers.iter().map(|(status, answer)| (status.to_string(), answer.clone())).collect();
        let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
        for code in &self.refusals {
            by_status.entry(code.status().as_u16()).or_default().push(*code);
        }
        for (status, codes) in by_status {
            let refused = refused(&codes);
            let name = status.to_string();
            match all.get_mut(&name) {
                // Health answers its verdict with the status of a refusal.
                Some(answer) => add_content(answer, &refused),
                None => drop(all.insert(name, refused)),
            }
        }
        all
    }
}

fn value_of(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).expect("BUG: a schema is always JSON")
}

fn add_content(answer: &mut Value, refused: &Value) {
    if let (Some(content), Some(more)) = (answer["content"].as_object_mut(), refused["content"].as_object()) {
        content.extend(more.clone());
    }
}

/// The refusals of one status: the words, or a problem with one of the codes.
fn refused(codes: &[Code]) -> Value {
    let told: Vec<String> =
        codes.iter().map(|code| format!("- `{}`: {}", code.name(), code.title())).collect();
    let mut answer = json!({
        "description": told.join("\n"),
        "content": {
            "text/plain": {"schema": {"type": "string"}},
            PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
        },
    });
    let is_timed =
        |code: &Code| matches!(code, Code::TooManyRequests | Code::BudgetSpent | Code::TooManyKeys);
    if codes.iter().any(is_timed) {
        answer["headers"] = json!({"Retry-After": {"$ref": "#/components/headers/RetryAfter"}});
    }
    answer
}
