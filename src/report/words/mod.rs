//! All English for people, and what buyers are told in their languages.

pub(super) mod buyer;
pub(super) mod health;
pub mod page;
pub(super) mod purchase;
pub(super) mod waiting;
