//! The reference of each listener: it tells everything that is served, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use teller::{api, dummy, monitor};

use crate::support::{Reply, Request, TestApp};

/// A listener: its name, its document, and the file that adds its routes.
fn listeners() -> [(&'static str, Value, &'static str); 3] {
    [
        ("public", api::described(), "src/api/mod.rs"),
        ("admin", monitor::described(), "src/monitor/mod.rs"),
        ("dummy", dummy::described(), "src/dummy/routes.rs"),
    ]
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/openapi-{name}.json"))
}

fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap() + "\n"
}

#[test]
fn should_be_what_the_documents_in_the_repository_say() {
    for (name, document, _) in listeners() {
        let kept = std::fs::read_to_string(golden(name)).unwrap_or_default();
        let hint = "cargo test --test api -- --ignored write_the_documents";
        assert!(kept == pretty(&document), "docs/openapi-{name}.json is not what the code says; run: {hint}");
    }
}

#[test]
#[ignore = "writes docs/openapi-*.json"]
fn write_the_documents() {
    for (name, document, _) in listeners() {
        std::fs::write(golden(name), pretty(&document)).unwrap();
    }
}

/// Every operation of a document: path, method, and itself.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, one)| (path.as_str(), method.as_str(), one))
    });
    all.collect()
}

/// The templates of the routes that a file adds.
fn routes(file: &str) -> BTreeSet<String> {
    let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let all = source.split("web::resource(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    // The pages are for people, and are no API.
    all.filter(|path| path.starts_with("/api/") || path.starts_with("/dummy/")).collect()
}

/// Whether a path of a document is served by a route, where the last part names an act.
fn is_served_by(path: &str, route: &str) -> bool {
    let (parts, wanted): (Vec<_>, Vec<_>) = (path.split('/').collect(), route.split('/').collect());
    let fits =
        |(part, wanted): (&&str, &&str)| part == wanted || (*wanted == "{act}" && !part.starts_with('{'));
    parts.len() == wanted.len() && parts.iter().zip(&wanted).all(fits)
}

#[test]
fn should_tell_every_route_and_no_other() {
    for (name, document, file) in listeners() {
        let (routes, paths) = (routes(file), document["paths"].as_object().unwrap());
        assert!(!routes.is_empty(), "{file} adds no routes");
        for route in &routes {
            assert!(paths.keys().any(|path| is_served_by(path, route)), "{name}: {route} is not told");
        }
        for path in paths.keys() {
            assert!(routes.iter().any(|route| is_served_by(path, route)), "{name}: {path} is not served");
        }
    }
}

/// A path with something in place of its parameters.
fn filled(path: &str) -> String {
    let values = [
        ("{no}", "1"),
        ("{coin}", "btc"),
        ("{code}", "BTC"),
        ("{height}", "1"),
        ("{name}", "x"),
        ("{act}", "pause"),
        ("{id}", "0123456789abcdef"),
        ("{address}", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("{txid}", "5555555555555555555555555555555555555555555555555555555555555555"),
    ];
    let filled = values.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    assert!(!filled.contains('{'), "{filled}: a parameter without a value here");
    filled
}

/// What no act takes.
const WRONG: &str =
    "dry_run=1&why=x&txid=x&filled=x&cost=x&from=x&to=x&rate=x&price=x&amount=x&after=x&upto=x";

fn send(app: &TestApp, listener: &str, request: &Request) -> Reply {
    match listener {
        "public" => app.public(request),
        "admin" => app.admin(request),
        _ => app.dummy(request),
    }
}

#[test]
fn should_serve_the_methods_that_are_told_and_no_others() {
    let app = TestApp::new();
    for (name, document, _) in listeners() {
        let mut told: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (path, method, _) in operations(&document) {
            told.entry(path).or_default().insert(method.to_uppercase());
        }
        // Nobody finds the profile unless it is switched on: tests/process does.
        for (path, methods) in told.into_iter().filter(|(path, _)| *path != "/api/profile") {
            for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE"] {
                let status = |target: &str| send(&app, name, &Request::new(method, target)).status;
                let (is_told, plain) = (methods.contains(method), status(&filled(path)));
                assert_eq!(plain != 405, is_told, "{name}: {method} {path}: {plain}");
                // Where nothing can be done by a method, that is what is wrong, whatever is sent with it.
                if ["PUT", "PATCH", "TRACE"].contains(&method) {
                    assert_eq!(status(&format!("{}?{WRONG}", filled(path))), 405, "{name}: {method} {path}");
                }
            }
        }
    }
}

#[test]
fn should_say_what_everything_is() {
    for (name, document, _) in listeners() {
        let mut names = BTreeSet::new();
        for (path, method, operation) in operations(&document) {
            assert!(
                names.insert(operation["operationId"].as_str().unwrap()),
                "{name} {method} {path}: the name of another"
            );
            assert!(
                operation["summary"].as_str().is_some_and(|text| text.len() > 5),
                "{name} {method} {path}"
            );
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let is_told = parameter["$ref"].is_string() || parameter["description"].is_string();
                assert!(is_told, "{name} {method} {path}: {parameter}");
            }
        }
        let untold: Vec<String> = untold(&document["components"]["schemas"]);
        assert_eq!(untold, Vec::<String>::new(), "{name}: members without a description");
    }
}

fn untold(schemas: &Value) -> Vec<String> {
    let mut untold = Vec::new();
    for (name, schema) in schemas.as_object().unwrap() {
        let parts = schema["allOf"].as_array().into_iter().flatten();
        for part in std::iter::once(schema).chain(parts) {
            for (member, property) in part["properties"].as_object().into_iter().flatten() {
                if property["description"].as_str().is_none_or(str::is_empty) {
                    untold.push(format!("{name}.{member}"));
                }
            }
        }
    }
    untold
}

#[test]
fn should_lead_nowhere_that_is_not_there() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    for (name, document, _) in listeners() {
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 10, "{name}");
        for place in found {
            let place = place.strip_prefix('#').unwrap();
            assert!(document.pointer(place).is_some(), "{name}: {place}");
        }
    }
}

/// Asks one of the listeners.
type Ask<'a> = &'a dyn Fn(&Request) -> crate::support::Reply;

#[test]
fn should_serve_each_document_and_a_page_without_scripts() {
    let app = TestApp::new();
    let ask: [(&str, Ask<'_>); 3] = [
        ("public", &|request| app.public(request)),
        ("admin", &|request| app.admin(request)),
        ("dummy", &|request| app.dummy(request)),
    ];
    for ((name, ask), (_, document, _)) in ask.into_iter().zip(listeners()) {
        assert_eq!(ask(&Request::get("/api/openapi.json")).json(), document, "{name}");
        let page = ask(&Request::get("/api/reference"));
        assert_eq!((page.status, page.header("Content-Type")), (200, Some("text/html; charset=utf-8")));
        let policy = page.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("script"), "{policy}");
        let text = page.text();
        for foreign in ["<script", "http://", "https://", "style=\"", " src="] {
            assert!(!text.contains(foreign), "{name}: {foreign}");
        }
        for (path, _, operation) in operations(&document) {
            let name = operation["operationId"].as_str().unwrap();
            assert!(text.contains(path) && text.contains(&format!("id=\"{name}\"")), "{path} {name}");
        }
    }
}
