//! What the listeners share: plain-text errors, JSON replies, form and query values, paths, who is calling.

mod client;
mod params;
mod path;
mod reply;

pub use client::{client_ip, network_of};
pub use params::Params;
pub use path::{clean_path, not_found_or_redirect};
pub use reply::{TEXT, internal_error, json, json_bytes, method_not_allowed, not_found, text, unread_body};
