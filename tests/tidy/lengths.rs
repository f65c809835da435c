//! How long a file, a function and a line may be.

use syn::visit::{self, Visit};

use crate::sources::{everything, sources};

const MAX_FILE_LINES: usize = 450;
const MAX_FUNCTION_LINES: usize = 60;
/// Characters, in comments too. The formatter keeps code to 110.
const MAX_LINE_CHARACTERS: usize = 120;

#[test]
fn should_keep_files_short() {
    let long: Vec<String> = everything()
        .iter()
        .map(|source| (&source.path, source.text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_FILE_LINES)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn should_keep_functions_short() {
    let mut long = Vec::new();
    for source in everything() {
        for (name, lines) in source.functions.iter().filter(|(_, lines)| *lines > MAX_FUNCTION_LINES) {
            long.push(format!("{}: fn {name} has {lines} lines", source.path.display()));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn should_keep_lines_short() {
    let mut long = Vec::new();
    for source in everything() {
        for (number, line) in source.text.lines().enumerate() {
            // A row of a table cannot be broken.
            let is_row = line.trim_start().trim_start_matches(['/', '!']).trim_start().starts_with('|');
            if line.chars().count() > MAX_LINE_CHARACTERS && !is_row {
                long.push(format!("{}:{}", source.path.display(), number + 1));
            }
        }
    }
    assert!(long.is_empty(), "longer than {MAX_LINE_CHARACTERS} characters:\n{}", long.join("\n"));
}

/// Returns each function's name and its lines, without attributes and documentation.
pub(crate) fn functions(file: &syn::File) -> Vec<(String, usize)> {
    let mut functions = Functions::default();
    functions.visit_file(file);
    functions.0
}

#[derive(Default)]
struct Functions(Vec<(String, usize)>);

impl Functions {
    fn note(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.fn_token.span.start().line;
        let lines = block.brace_token.span.close().end().line - first + 1;
        self.0.push((signature.ident.to_string(), lines));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.note(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

#[test]
fn should_say_in_every_file_what_it_is() {
    for source in ["src", "cmd"].into_iter().flat_map(sources) {
        let named = source.path.ends_with("tests.rs") || source.text.starts_with("//!");
        assert!(named, "{} has no header", source.path.display());
    }
}
