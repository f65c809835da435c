//! The Rust files of the project, parsed.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::answers::{Answers, answers};
use crate::lengths::functions;
use crate::names::{PassedOn, Used, passed_on, used};
use crate::states::{States, states};

/// One file of Rust.
pub(crate) struct Source {
    /// From the project's root.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// What it names outside its tests.
    pub(crate) used: Used,
    /// What it passes on under its own name.
    pub(crate) passed_on: PassedOn,
    /// Its functions with their lines.
    pub(crate) functions: Vec<(String, usize)>,
    pub(crate) states: States,
    pub(crate) answers: Answers,
}

impl Source {
    /// Returns the path of the module that a file of `src` is, `["store", "rows"]`, or one of `cmd`,
    /// `["cmd", "tool", "states"]`; of `mod.rs` the folder's.
    pub(crate) fn module(&self) -> Vec<String> {
        module(&self.path)
    }

    /// Whether this file holds nothing but tests.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.components().any(|name| name.as_os_str() == "tests")
    }
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every folder of Rust that is held to the plan.
pub(crate) const FOLDERS: [&str; 5] = ["src", "cmd", "tests", "benches", "examples"];

/// Read and parsed once, whatever the number of tests.
static ALL: LazyLock<Vec<Source>> = LazyLock::new(|| FOLDERS.into_iter().flat_map(read).collect());

/// Returns all Rust files, folder by folder, in the order of their paths.
pub(crate) fn everything() -> &'static [Source] {
    &ALL
}

/// Returns all Rust files below a folder, in the order of their paths.
pub(crate) fn sources(folder: &str) -> impl Iterator<Item = &'static Source> {
    everything().iter().filter(move |source| source.path.starts_with(folder))
}

fn module(path: &Path) -> Vec<String> {
    let inside = path.strip_prefix("src").unwrap_or(path).with_extension("");
    let mut names: Vec<String> =
        inside.components().map(|name| name.as_os_str().to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|name| ["mod", "lib", "main"].contains(&name.as_str())) {
        names.pop();
    }
    names
}

fn read(folder: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push(source(&path));
            }
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

fn source(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap();
    let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let path = path.strip_prefix(root()).unwrap().to_path_buf();
    let module = module(&path);
    // The library begins in `src`, a program in its folder of `cmd`.
    let root = if path.starts_with("cmd") { &module[..2] } else { &[] };
    let is_root = ["mod.rs", "lib.rs", "main.rs"].iter().any(|name| path.ends_with(name));
    Source {
        used: used(root, &module, &file),
        passed_on: if is_root { passed_on(root, &module, &file) } else { PassedOn::default() },
        functions: functions(&file),
        states: states(&file),
        answers: answers(&file),
        path,
        text,
    }
}
