//! The original service's database, read: its file, and what it keeps there.
//!
//! Nothing here writes. [`bolt`] reads the file's format; [`records`] reads what each generation of the original
//! stored, and holds its indexes against each other.

pub mod bolt;
pub mod copy;
pub mod records;

pub use bolt::{Bolt, BoltError};
pub use copy::{CopyError, OLDER_STATE, Stamp, read_copy};
pub use records::{COINS, Original, OriginalBinding, OriginalDeposit, RecordError, Unhandled, read};
