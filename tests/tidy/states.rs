//! States are told apart one by one: whoever adds one is asked everywhere what it means there.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};

use crate::sources::{Source, sources};

#[test]
fn should_name_every_state_that_is_told_apart() {
    let states: BTreeSet<&String> = sources("src").flat_map(|source| &source.states.declared).collect();
    assert!(states.len() > 4, "the states of the project are {states:?}");
    let careless: Vec<String> = sources("src")
        .filter(|source| !source.is_test())
        .flat_map(|source| source.states.catch_alls.iter().map(move |found| (source, found)))
        .filter(|(_, (_, named))| named.iter().any(|name| states.contains(name)))
        .map(|(source, (line, _))| place(source, *line))
        .collect();
    assert!(careless.is_empty(), "an arm stands for all other states:\n{}", careless.join("\n"));
}

fn place(source: &Source, line: usize) -> String {
    format!("{}:{line}", source.path.display())
}

/// What a file says of states.
#[derive(Debug, Default)]
pub(crate) struct States {
    /// Its enums whose names end in `State`.
    declared: Vec<String>,
    /// Lines with an arm that takes whatever is left, with the enums that the other arms name.
    catch_alls: Vec<(usize, BTreeSet<String>)>,
}

pub(crate) fn states(file: &syn::File) -> States {
    let mut states = States::default();
    states.visit_file(file);
    states
}

impl<'ast> Visit<'ast> for States {
    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let name = item.ident.to_string();
        if name.ends_with("State") {
            self.declared.push(name);
        }
    }

    fn visit_expr_match(&mut self, item: &'ast syn::ExprMatch) {
        let mut named = Named::default();
        item.arms.iter().for_each(|arm| named.visit_pat(&arm.pat));
        for arm in item.arms.iter().filter(|arm| matches!(arm.pat, syn::Pat::Wild(_))) {
            self.catch_alls.push((arm.fat_arrow_token.spans[0].start().line, named.0.clone()));
        }
        visit::visit_expr_match(self, item);
    }
}

/// The enums whose variants a pattern names.
#[derive(Default)]
struct Named(BTreeSet<String>);

impl<'ast> Visit<'ast> for Named {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let [.., of, _] = names.as_slice() {
            self.0.insert(of.clone());
        }
    }
}
