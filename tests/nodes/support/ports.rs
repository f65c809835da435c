//! Free loopback ports.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the kernel's own range for outgoing connections, so that none of those can take a port between the
/// check here and the node's start, or while a node is down for a restart.
const FIRST: u16 = 12_000;
const COUNT: u16 = 18_000;

/// How many were handed out by this process: none is given twice.
static GIVEN: AtomicU16 = AtomicU16::new(0);

/// A port on which nobody listens. Test processes that run side by side start at different places.
pub fn free() -> u16 {
    let start = std::process::id().wrapping_mul(211) % u32::from(COUNT);
    for _ in 0..COUNT {
        let given = GIVEN.fetch_add(1, Ordering::Relaxed);
        let offset = (start + u32::from(given)) % u32::from(COUNT);
        let port = FIRST + u16::try_from(offset).expect("BUG: smaller than COUNT");
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no free port between {FIRST} and {}", FIRST + COUNT);
}
