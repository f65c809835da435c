//! Which modules a file names.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};

/// A path from the library's root, `["store", "rows", "Rows"]`, or from the project's: `["cmd", "tool", "drill"]`.
pub(crate) type Names = Vec<String>;

/// What a file names outside its tests.
#[derive(Default)]
pub(crate) struct Used {
    /// Paths of this crate, from its root.
    pub(crate) paths: BTreeSet<Names>,
    /// All paths as they are written.
    pub(crate) written: BTreeSet<Names>,
}

/// What a module's root passes on under its own name: `store::Rows` is `store::rows::Rows`.
pub(crate) type PassedOn = BTreeMap<Names, Names>;

/// Returns what a module names outside its tests; `root` is where its crate begins.
pub(crate) fn used(root: &[String], module: &[String], file: &syn::File) -> Used {
    let mut reader = Reader { root: root.to_vec(), module: module.to_vec(), used: Used::default() };
    reader.visit_file(file);
    reader.used
}

/// Returns what the root of a module passes on; `root` is where its crate begins.
pub(crate) fn passed_on(root: &[String], module: &[String], file: &syn::File) -> PassedOn {
    let mut origins = PassedOn::new();
    for item in &file.items {
        let syn::Item::Use(item) = item else { continue };
        if matches!(item.vis, syn::Visibility::Inherited) {
            continue;
        }
        for path in use_paths(&item.tree) {
            let (Some(first), Some(last)) = (path.first(), path.last()) else { continue };
            let below = if first == "self" || first == "crate" { &path[1..] } else { &path[..] };
            let from = [if first == "crate" { root } else { module }, below].concat();
            origins.insert([module, std::slice::from_ref(last)].concat(), from);
        }
    }
    origins
}

struct Reader {
    root: Names,
    module: Names,
    used: Used,
}

impl Reader {
    fn note(&mut self, path: &[String]) {
        let mut base = self.module.clone();
        let mut rest = path;
        match rest.first().map(String::as_str) {
            Some("crate") => base.clone_from(&self.root),
            Some("self") => {}
            Some("super") => {
                while let Some(after) = rest.strip_prefix(&["super".to_owned()]) {
                    base.pop();
                    rest = after;
                }
                self.used.paths.insert([base.as_slice(), rest].concat());
                return;
            }
            _ => return,
        }
        self.used.paths.insert([base.as_slice(), &rest[1..]].concat());
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for path in use_paths(&item.tree) {
            self.note(&path);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.note(&names);
        self.used.written.insert(names);
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if is_for_tests(&item.attrs) {
            return;
        }
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }
}

/// Whether something is compiled for tests only.
fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string().contains("test"),
        _ => false,
    })
}

/// Returns each path that a `use` names: `a::{b, c::D}` names `a::b` and `a::c::D`.
fn use_paths(tree: &syn::UseTree) -> Vec<Names> {
    let below = |name: String, tree: &syn::UseTree| {
        use_paths(tree).into_iter().map(|rest| [vec![name.clone()], rest].concat()).collect()
    };
    match tree {
        syn::UseTree::Path(path) => below(path.ident.to_string(), &path.tree),
        syn::UseTree::Name(name) => vec![vec![name.ident.to_string()]],
        syn::UseTree::Rename(name) => vec![vec![name.ident.to_string()]],
        syn::UseTree::Glob(_) => vec![vec![]],
        syn::UseTree::Group(group) => group.items.iter().flat_map(use_paths).collect(),
    }
}
