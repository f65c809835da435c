//! The house as its plan has it: who may know whom, how long a file and a function may be, and a sample
//! configuration that tells the truth.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From the ground up: a module may name only modules of lower floors.
const FLOORS: &[&[&str]] = &[
    &["types"],
    &["skycoin", "clock"],
    &["address", "deposit", "task", "rpc"],
    &["payout", "config", "chain"],
    &["store", "wallet", "http", "telemetry", "desk"],
    &["engine", "report"],
    &["api", "monitor", "dummy"],
    &["app", "testing"],
];

/// What the pure modules must not know.
const PURE: &[&str] = &["types", "skycoin", "deposit", "payout"];
const IMPURE: &[&str] = &["tokio", "redb", "actix_web", "reqwest", "std::fs", "std::net", "std::thread"];

const MAX_FILE_LINES: usize = 450;
const MAX_FUNCTION_LINES: usize = 60;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder, with their text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files.sort();
    files
}

/// The top-level module that a file of `src` belongs to.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The part of a file that is not its tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

#[test]
fn should_let_every_module_know_only_lower_floors() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let user = module(&path);
        if user == "lib" || path.ends_with("tests.rs") {
            continue;
        }
        let Some(own) = floor(&user) else { panic!("module {user} stands on no floor: add it to FLOORS") };
        for part in without_tests(&text).split("crate::").skip(1) {
            let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let allowed = name == user || floor(&name).is_some_and(|floor| floor < own);
            if !allowed && !name.is_empty() {
                wrong.push(format!("{}: {user} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn should_keep_the_pure_modules_pure() {
    for (path, text) in sources("src") {
        if PURE.contains(&module(&path).as_str()) {
            for impure in IMPURE {
                assert!(!text.contains(&format!("{impure}::")), "{} names {impure}", path.display());
            }
        }
    }
}

/// Listeners read snapshots and ask the engine; they write nothing themselves.
#[test]
fn should_let_no_listener_write_to_the_store() {
    for (path, text) in sources("src") {
        if ["api", "monitor"].contains(&module(&path).as_str()) {
            for write in [".write(", ".write_blocking(", "Event::"] {
                assert!(!text.contains(write), "{} has {write}", path.display());
            }
        }
    }
}

#[test]
fn should_keep_files_and_functions_short() {
    let mut long = Vec::new();
    for folder in ["src", "cmd", "tests"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().count();
            if lines > MAX_FILE_LINES {
                long.push(format!("{}: {lines} lines", path.display()));
            }
            for (name, lines) in functions(&text) {
                if lines > MAX_FUNCTION_LINES && folder != "tests" {
                    long.push(format!("{}: fn {name} has {lines} lines", path.display()));
                }
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// Functions with their lengths. Formatted code ends each with a brace at the depth it began at.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let Some(rest) = code.split("fn ").nth(1).filter(|_| is_function(code)) else { continue };
        let name = rest.split(['(', '<']).next().unwrap().to_owned();
        if is_declaration(&lines[start..]) {
            continue;
        }
        let end = format!("{}}}", " ".repeat(line.len() - code.len()));
        let length = lines[start..].iter().position(|line| **line == end).unwrap_or(0) + 1;
        found.push((name, length));
    }
    found
}

/// A function of a trait without a body.
fn is_declaration(lines: &[&str]) -> bool {
    lines.iter().find(|line| line.ends_with(['{', ';', '}'])).is_some_and(|line| line.ends_with(';'))
}

fn is_function(code: &str) -> bool {
    let head = code.split("fn ").next().unwrap();
    head.split_whitespace().all(|word| {
        word.starts_with("pub") || ["async", "const", "extern", "(crate)", "(super)"].contains(&word)
    })
}

#[test]
fn should_say_in_every_file_what_it_is() {
    for folder in ["src", "cmd"] {
        for (path, text) in sources(folder) {
            let named = path.ends_with("tests.rs") || text.starts_with("//!");
            assert!(named, "{} has no header", path.display());
        }
    }
}

/// `# key = value` becomes `key = value`.
fn with_defaults_spelt_out(sample: &str) -> String {
    let uncomment = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if rest.split(" = ").next().is_some_and(is_key) && rest.contains(" = ") => rest.to_owned(),
        _ => line.to_owned(),
    };
    sample.lines().map(uncomment).collect::<Vec<_>>().join("\n")
}

fn is_key(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

#[test]
fn should_tell_the_defaults_in_the_sample_configuration() {
    std::env::set_current_dir(root()).unwrap();
    let sample = std::fs::read_to_string("config.toml").unwrap();
    let path = Path::new("config.toml");
    let as_it_is = teller::config::parse(&sample, path).unwrap();
    let spelt_out = teller::config::parse(&with_defaults_spelt_out(&sample), path).unwrap();
    assert_eq!(format!("{as_it_is:#?}"), format!("{spelt_out:#?}"));
}

#[test]
fn should_name_every_key_in_the_sample_configuration() {
    let sample = std::fs::read_to_string(root().join("config.toml")).unwrap();
    let table: toml::Table = with_defaults_spelt_out(&sample).parse().unwrap();
    let mut in_sample = BTreeSet::new();
    collect("", &table, &mut in_sample);
    let known: BTreeSet<String> = teller::config::all_keys().into_iter().collect();
    let missing: Vec<_> = known.difference(&in_sample).collect();
    assert!(missing.is_empty(), "config.toml does not name {missing:?}");
}

fn collect(prefix: &str, table: &toml::Table, keys: &mut BTreeSet<String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        if let toml::Value::Table(inner) = value {
            collect(&key, inner, keys);
        }
        keys.insert(key);
    }
}

#[test]
fn should_place_every_module_once() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for module in FLOORS.iter().flat_map(|floor| floor.iter()) {
        *seen.entry(module).or_default() += 1;
    }
    assert!(seen.values().all(|count| *count == 1));
    for module in seen.keys() {
        let path = root().join("src").join(module);
        assert!(path.is_dir() || path.with_extension("rs").is_file(), "{module} is no module");
    }
}
