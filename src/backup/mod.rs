//! Copies of the database that make themselves: by a schedule, proven before and after they are put away, encrypted to
//! whoever may read them.
//!
//! - [`Copier`] makes a whole copy in a file without a name, one at a time, and never takes the room that the service
//!   needs.
//! - [`prepare()`] audits a copy as a start would, and encrypts it.
//! - [`Place`] is where copies are kept: a folder, or a bucket of a store that speaks S3. Beside each stands its
//!   [`Manifest`]; what has none is no copy, and is cleared away.
//! - [`Keeper`] does all of it when it is due, and clears away what the retention does not keep.
//! - [`Driller`] proves, when somebody asks, that the newest can be restored.
//! - [`restore()`] makes a database of a copy.
//!
//! Nothing depends on it: what fails here is told, and done again later.

mod copier;
mod digest;
mod driller;
mod error;
mod folder;
mod keeper;
mod keys;
mod manifest;
mod place;
mod prepare;
mod restore;
mod retention;
mod s3;
mod schedule;

pub use copier::{Copier, CopyError};
pub use driller::{Driller, DrillerHandle};
pub use error::BackupError;
pub use keeper::{Keeper, KeeperHandle};
pub use keys::{Keys, Recipients};
pub use manifest::Manifest;
pub use place::Place;
pub use prepare::{Prepared, prepare};
pub use restore::{Restored, restore};
