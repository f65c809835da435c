//! What the desk is said to be defended against has the tests that are named for it.

use crate::sources::root;

/// What the last column of the tables names that have one of tests.
fn tests_named(document: &str) -> Vec<(String, Vec<String>)> {
    let (mut rows, mut is_of_tests) = (Vec::new(), false);
    for line in document.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        match (line.starts_with('|'), cells.last()) {
            (true, Some(&"tests")) => is_of_tests = true,
            (true, Some(last)) if is_of_tests && !line.starts_with("|---") => {
                let named = last.split('`').skip(1).step_by(2).map(str::to_owned).collect();
                rows.push((cells[0].to_owned(), named));
            }
            (true, _) => {}
            (false, _) => is_of_tests = false,
        }
    }
    rows
}

#[test]
fn should_have_the_tests_that_its_defences_are_said_to_have() {
    let rows = tests_named(&std::fs::read_to_string(root().join("docs/threats.md")).unwrap());
    assert!(rows.len() > 30, "{} rows", rows.len());
    for (threat, tests) in rows {
        assert!(!tests.is_empty(), "nothing tests: {threat}");
        for name in tests {
            let folder = if name.starts_with("src/") { root() } else { root().join("tests") };
            let text = std::fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap_or_default();
            assert!(text.contains("fn should_"), "{threat}: {name} has no test");
        }
    }
}
