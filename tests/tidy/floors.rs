//! Who may know whom: floors between modules, and no circles inside one.

use std::collections::{BTreeMap, BTreeSet};

use crate::names::{Names, PassedOn};
use crate::sources::{Source, root, sources};

/// What the pure modules must not know.
const PURE: &[&str] = &["coins", "types", "skycoin", "price", "deposit", "payout", "ledger"];
const IMPURE: &[&str] = &["tokio", "redb", "actix_web", "reqwest", "std::fs", "std::net", "std::thread"];

/// Returns the floors as the crate's documentation has them, from the ground up: the one place where they stand.
fn floors() -> Vec<Vec<String>> {
    floors_of(&std::fs::read_to_string(root().join("src/lib.rs")).unwrap(), "//! ")
}

/// Reads a table whose rows are `| floor | modules | ... |`.
fn floors_of(text: &str, margin: &str) -> Vec<Vec<String>> {
    let mut rows: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> =
            line.strip_prefix(margin).unwrap_or_default().split('|').map(str::trim).collect();
        if let [_, floor, modules, ..] = cells.as_slice()
            && let Ok(floor) = floor.parse()
        {
            let names = modules.split('`').skip(1).step_by(2).map(str::to_owned);
            assert!(rows.insert(floor, names.collect()).is_none(), "floor {floor} stands twice");
        }
    }
    assert!(rows.keys().copied().eq(0..rows.len()), "floors are counted from 0");
    rows.into_values().collect()
}

#[test]
fn should_draw_the_same_floors_in_the_documents() {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    assert_eq!(floors_of(&text, ""), floors(), "docs/architecture.md draws other floors than src/lib.rs");
}

#[test]
fn should_place_every_module_once() {
    let placed: Vec<String> = floors().concat();
    let once: BTreeSet<&String> = placed.iter().collect();
    assert_eq!(once.len(), placed.len(), "a module stands on two floors");
    for module in &placed {
        let path = root().join("src").join(module);
        assert!(path.is_dir() || path.with_extension("rs").is_file(), "{module} is no module");
    }
    for source in sources("src").filter(|source| !source.module().is_empty()) {
        assert!(placed.contains(&source.module()[0]), "{} stands on no floor", source.path.display());
    }
}

#[test]
fn should_let_every_module_know_only_lower_floors() {
    let floors = floors();
    let floor = |module: &str| floors.iter().position(|floor| floor.iter().any(|name| name == module));
    let mut wrong = Vec::new();
    for source in sources("src").filter(|source| !source.module().is_empty() && !source.is_test()) {
        let own = &source.module()[0];
        for path in source.used.paths.iter().filter(|path| !path.is_empty()) {
            let allowed = path[0] == *own || floor(&path[0]).is_some_and(|other| Some(other) < floor(own));
            if !allowed {
                wrong.push(format!("{}: {own} names {}", source.path.display(), path.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Files of other modules that are as pure.
const PURE_FILES: &[&str] = &["rail/skycoin/plan.rs", "rail/skycoin/withdrawal.rs", "rail/skycoin/signed.rs"];

#[test]
fn should_keep_the_pure_modules_pure() {
    for source in sources("src") {
        let is_pure_module = source.module().first().is_some_and(|module| PURE.contains(&module.as_str()));
        let is_pure_file = PURE_FILES.iter().any(|file| source.path.ends_with(file));
        if is_pure_module || is_pure_file {
            for impure in IMPURE {
                assert!(
                    !source.text.contains(&format!("{impure}::")),
                    "{} names {impure}",
                    source.path.display()
                );
            }
        }
    }
}

/// Listeners read snapshots and ask the engine; they write nothing themselves.
#[test]
fn should_let_no_listener_write_to_the_store() {
    for source in sources("src") {
        if source.module().first().is_some_and(|module| ["api", "monitor"].contains(&module.as_str())) {
            for write in [".write(", ".write_blocking(", "Event::"] {
                assert!(!source.text.contains(write), "{} has {write}", source.path.display());
            }
        }
    }
}

/// What differs between coins stands in the catalogue: these look it up there, and name none.
#[test]
fn should_name_no_coin_where_all_are_alike() {
    const ALIKE: &[&str] =
        &["deposit", "payout", "store", "desk", "engine", "report", "monitor", "task", "http"];
    for source in sources("src").filter(|source| !source.is_test()) {
        let module = source.module();
        if module.first().is_some_and(|module| ALIKE.contains(&module.as_str())) {
            for path in &source.used.written {
                let coin = path.iter().skip_while(|name| *name != "Coin").nth(1);
                let is_row = coin.is_some_and(|name| name.chars().all(|c| c.is_ascii_uppercase()));
                assert!(!is_row, "{} names {}", source.path.display(), path.join("::"));
            }
        }
    }
}

/// What stands side by side in a folder can be read one after the other. A module's root, which declares all of it,
/// is none of them.
#[test]
fn should_have_no_circles_inside_a_module() {
    let sources: Vec<&Source> = sources("src").chain(sources("cmd")).collect();
    let arrows = arrows(&sources);
    let found: BTreeSet<String> = arrows.values().flat_map(circles).collect();
    assert!(found.is_empty(), "files know each other in a circle: {found:#?}");
}

/// For each folder: which of its parts names which other.
type Arrows = BTreeMap<Names, BTreeMap<Names, BTreeSet<Names>>>;

fn arrows(sources: &[&Source]) -> Arrows {
    let modules: BTreeSet<Names> = sources.iter().map(|source| source.module()).collect();
    let origins: PassedOn = sources.iter().flat_map(|source| source.passed_on.clone()).collect();
    let mut arrows = Arrows::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        let from = source.module();
        for path in &source.used.paths {
            let to = origin(&origins, path.clone());
            let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
            // The floors judge what is not below one top-level module.
            if shared == 0 || from.len() <= shared || to.len() <= shared {
                continue;
            }
            let (part, other) = (from[..=shared].to_vec(), to[..=shared].to_vec());
            if modules.contains(&other) {
                let folder = arrows.entry(from[..shared].to_vec()).or_default();
                folder.entry(part).or_default().insert(other);
            }
        }
    }
    arrows
}

/// Follows what roots pass on to where it is written.
fn origin(origins: &PassedOn, mut path: Names) -> Names {
    for _ in 0..8 {
        let Some(longest) = (1..=path.len()).rev().find(|len| origins.contains_key(&path[..*len])) else {
            break;
        };
        let next = [origins[&path[..longest]].clone(), path[longest..].to_vec()].concat();
        if next == path {
            break;
        }
        path = next;
    }
    path
}

/// Returns each set of parts that all reach each other, as one line.
fn circles(arrows: &BTreeMap<Names, BTreeSet<Names>>) -> Vec<String> {
    let reach: BTreeMap<&Names, BTreeSet<Names>> =
        arrows.keys().map(|part| (part, reachable(arrows, part))).collect();
    let mut circles = BTreeSet::new();
    for (part, reached) in &reach {
        let circle: Vec<&Names> = reached
            .iter()
            .filter(|other| reach.get(other).is_some_and(|back| back.contains(*part)))
            .collect();
        if reached.contains(*part) {
            circles.insert(circle.iter().map(|names| names.join("::")).collect::<Vec<_>>().join(" <-> "));
        }
    }
    circles.into_iter().collect()
}

fn reachable(arrows: &BTreeMap<Names, BTreeSet<Names>>, start: &Names) -> BTreeSet<Names> {
    let mut reached = BTreeSet::new();
    let mut ahead = vec![start];
    while let Some(part) = ahead.pop() {
        for next in arrows.get(part).into_iter().flatten() {
            if reached.insert(next.clone()) {
                ahead.push(next);
            }
        }
    }
    reached
}

#[test]
fn should_see_a_circle_where_there_is_one() {
    let name = |text: &str| vec!["store".to_owned(), text.to_owned()];
    let arrows = BTreeMap::from([
        (name("rows"), BTreeSet::from([name("tx"), name("codec")])),
        (name("tx"), BTreeSet::from([name("pool")])),
        (name("pool"), BTreeSet::from([name("rows")])),
        (name("audit"), BTreeSet::from([name("rows")])),
    ]);
    assert_eq!(circles(&arrows), ["store::pool <-> store::rows <-> store::tx"]);
}
