//! All English for people, and what buyers are told in their languages.

pub mod acts;
pub(super) mod buyer;
pub mod dummy;
pub(super) mod gaps;
pub(super) mod health;
pub mod page;
pub(super) mod purchase;
pub mod receivers;
pub(super) mod reconciliation;
pub mod requests;
pub mod shadow;
pub mod staff;
pub mod switches;
pub(super) mod waiting;
