//! What a listener answers in words stands with the other words, in `report/words`, where it can be read as a whole.

use syn::visit::{self, Visit};

use crate::sources::sources;

/// Functions that answer with the words they are given.
const ANSWERS: [&str; 5] = ["text", "refusal", "bad_request", "method_not_allowed", "forbidden"];

#[test]
fn should_take_the_words_of_answers_from_the_report() {
    let listeners = ["src/api", "src/monitor", "src/dummy"];
    let (mut answers, mut stray) = (0, Vec::new());
    for source in listeners.into_iter().flat_map(sources).filter(|source| !source.is_test()) {
        answers += source.answers.made;
        stray.extend(source.answers.worded.iter().map(|line| format!("{}:{line}", source.path.display())));
    }
    assert!(answers > 50, "the listeners answer in words in {answers} places");
    assert!(stray.is_empty(), "answers have words of their own:\n{}", stray.join("\n"));
}

/// What a file answers in words.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// In how many places.
    made: usize,
    /// Lines where the words stand beside.
    worded: Vec<usize>,
}

pub(crate) fn answers(file: &syn::File) -> Answers {
    let mut answers = Answers::default();
    answers.visit_file(file);
    answers
}

impl<'ast> Visit<'ast> for Answers {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.ident != "tests" {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(function) = &*call.func
            && let Some(name) = function.path.segments.last()
            && ANSWERS.contains(&name.ident.to_string().as_str())
        {
            self.made += 1;
            if call.args.iter().any(has_words) {
                self.worded.push(name.ident.span().start().line);
            }
        }
        visit::visit_expr_call(self, call);
    }
}

/// Whether it is a text, or is made of one; names of methods are none.
fn has_words(argument: &syn::Expr) -> bool {
    match argument {
        syn::Expr::Lit(literal) => {
            matches!(&literal.lit, syn::Lit::Str(text) if text.value().contains(|letter: char| letter.is_lowercase()))
        }
        syn::Expr::Macro(made) => made
            .mac
            .path
            .segments
            .last()
            .is_some_and(|name| ["format", "format_args"].contains(&name.ident.to_string().as_str())),
        _ => false,
    }
}
