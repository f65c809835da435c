//! The listeners' reference: made of what stands beside the handlers, in OpenAPI 3.1 and as a page.
//!
//! Forms of answers are derived from the types that are answered, with their documentation; a path, its parameters and
//! its refusals are told by the module that serves it.

mod document;
mod operation;
mod parameter;
mod reference;
mod view;

pub use document::{About, Chapter, document};
pub use operation::Operation;
pub use parameter::{decimal, in_path, one_of, query, required, whole, whole_up_to, words};
pub use reference::Reference;
