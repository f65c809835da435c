//! Each problem that teller tells has a runbook and an alert rule of its own, and nothing else has.

use std::collections::BTreeSet;
use std::fs;

use teller::report::ProblemCode;

use crate::sources::root;

const PARTS: [&str; 4] =
    ["## What it means", "## What is safe meanwhile", "## What to do", "## How to see that it is over"];

fn codes() -> BTreeSet<String> {
    ProblemCode::ALL.into_iter().map(|code| code.name().to_owned()).collect()
}

#[test]
fn should_have_a_runbook_for_each_problem_and_for_nothing_else() {
    let folder = root().join("docs/runbooks");
    let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let named: BTreeSet<String> =
        files.map(|name| name.strip_suffix(".md").unwrap_or_else(|| panic!("{name}")).to_owned()).collect();
    assert_eq!(named, codes());
    for code in ProblemCode::ALL {
        let text = fs::read_to_string(root().join(code.runbook())).unwrap();
        let title = text.lines().next().unwrap();
        assert!(title.starts_with("# ") && title.contains(&format!("(`{}`)", code.name())), "{title}");
        let found: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(found, PARTS, "{}", code.runbook());
    }
}

#[test]
fn should_have_an_alert_rule_for_each_problem_and_for_nothing_else() {
    let rules = fs::read_to_string(root().join("docs/monitoring/alerts.yml")).unwrap();
    let tried = fs::read_to_string(root().join("docs/monitoring/alerts_test.yml")).unwrap();
    let mut named = BTreeSet::new();
    for rule in rules.split("- alert: ").skip(1) {
        let Some((_, rest)) = rule.split_once("teller_problem{code=\"") else {
            assert!(rule.starts_with("TellerDown\n"), "{rule}");
            continue;
        };
        let name = rest.split('"').next().unwrap();
        let code = ProblemCode::ALL.into_iter().find(|code| code.name() == name);
        let code = code.unwrap_or_else(|| panic!("an alert for {name}, which is no problem"));
        for expected in
            [format!("severity: {}\n", code.severity().name()), format!("runbook: {}\n", code.runbook())]
        {
            assert!(rule.contains(&expected), "{name}: no {expected}");
        }
        let alert = rule.lines().next().unwrap();
        assert!(tried.contains(&format!("alertname: {alert}\n        exp_alerts:")), "{alert} is not tried");
        assert!(named.insert(name.to_owned()), "two alerts for {name}");
    }
    assert_eq!(named, codes());
}
