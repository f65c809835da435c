//! The Rust files of the project, parsed.

use std::path::{Path, PathBuf};

/// One file of Rust.
pub(crate) struct Source {
    /// From the project's root.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) file: syn::File,
}

impl Source {
    /// Returns the path of the module that a file of `src` is, `["store", "rows"]`; of `mod.rs` the folder's.
    pub(crate) fn module(&self) -> Vec<String> {
        let inside = self.path.strip_prefix("src").unwrap().with_extension("");
        let mut names: Vec<String> =
            inside.components().map(|name| name.as_os_str().to_string_lossy().into_owned()).collect();
        if names.last().is_some_and(|name| name == "mod" || name == "lib") {
            names.pop();
        }
        names
    }

    /// Whether this file declares a module's parts, as `mod.rs` does.
    pub(crate) fn is_root(&self) -> bool {
        self.path.ends_with("mod.rs") || self.path.ends_with("lib.rs")
    }

    /// Whether this file holds nothing but tests.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.components().any(|name| name.as_os_str() == "tests")
    }
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns all Rust files below a folder, in the order of their paths.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
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
    Source { path: path.strip_prefix(root()).unwrap().to_path_buf(), text, file }
}
