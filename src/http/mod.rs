//! What the listeners share: connections and what they may cost, bodies, form and query values, plain-text errors, JSON
//! replies, paths, who is calling.

mod body;
mod by_code;
mod caller;
mod code;
mod connection;
pub mod describe;
mod direct;
mod once;
mod params;
mod path;
mod probe;
mod problem;
mod reply;
mod request_id;
mod validated;

pub use body::{Body, BodyError, MAX_BODY};
pub(crate) use by_code::ByCode;
pub use caller::{caller_ip, network_of};
pub use code::{Code, refusal};
pub use connection::{Answers, Door, DoorLimits, DoorReport, Doors, Listener, Phase, Visitor, attend, serve};
pub use direct::{indirect, is_direct, is_own_page, only_direct};
pub use once::{KeyOwner, Once, is_replayed, once_key, once_store};
pub use params::Params;
pub use path::{clean_path, not_found_or_redirect};
pub use probe::probe;
pub use problem::problems;
pub use reply::{TEXT, internal_error, json, json_bytes, method_not_allowed, not_found, text};
pub use request_id::numbered;
pub use validated::validated;
