//! A sample configuration that tells the truth.

use std::collections::BTreeSet;
use std::path::Path;

use crate::sources::root;

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

/// Tables with names of the operator's own.
const OWN: [&str; 2] = ["web.clients.", "eth_tokens."];

#[test]
fn should_name_variables_that_there_are_in_documents_and_examples() {
    let known: BTreeSet<String> = teller::config::all_keys().into_iter().collect();
    let files = [
        "README.md",
        "config.toml",
        "docs/install.md",
        "docs/docker.md",
        "docs/kubernetes.md",
        "dist/compose.yml",
    ];
    for file in files {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let named: Vec<String> = words
            .filter_map(|word| word.strip_prefix("TELLER__"))
            .map(|name| name.to_ascii_lowercase().replace("__", "."))
            .filter(|key| !key.is_empty())
            .collect();
        assert!(!named.is_empty(), "{file} names none");
        for key in named {
            let is_own = OWN.iter().any(|own| key.starts_with(own));
            assert!(is_own || known.contains(&key), "{file} names {key}, which is no key");
        }
    }
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
