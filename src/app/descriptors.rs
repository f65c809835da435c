//! Open files: how many this process may have, and how many of them buyers' connections may take.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More than this is of no use here.
const ENOUGH: u64 = 65_536;
/// Kept free of buyers' connections: for the database, nodes, files, the other listeners, and what is just ending.
const RESERVED: u64 = 512;
/// Fewer connections than this are no service; then the reserve is what shrinks.
const FEWEST: u64 = 64;

/// Raises the limit as far as the system lets this process; answers what it is then.
pub(super) fn raise() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current.unwrap_or(ENOUGH);
    let wanted = limit.maximum.unwrap_or(ENOUGH).min(ENOUGH);
    if wanted <= current {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum }) {
        Ok(()) => wanted,
        Err(_) => current,
    }
}

/// How many connections there may be, where so many were asked for.
pub(super) fn for_connections(asked: usize, descriptors: u64) -> usize {
    let most = descriptors.saturating_sub(RESERVED).max(FEWEST);
    let fits = asked.min(usize::try_from(most).unwrap_or(usize::MAX));
    if fits < asked {
        tracing::warn!(
            descriptors,
            connections = fits,
            "web.max_connections is {asked}, and the system's limit of open files (ulimit -n) lets fewer in"
        );
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_leave_files_for_everything_else() {
        assert_eq!(for_connections(2048, 65_536), 2048);
        assert_eq!(for_connections(2048, 1024), 512);
        assert_eq!(for_connections(100, 1024), 100);
        assert_eq!(for_connections(2048, 256), 64);
    }
}
