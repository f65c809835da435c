//! Ranges of IP addresses.

/// A range of IP addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkPrefix {
    /// Any address of the network.
    pub address: std::net::IpAddr,
    /// How many bits at its beginning are the network's.
    pub bits: u8,
}

impl NetworkPrefix {
    /// Whether an address lies in the range.
    pub fn contains(&self, address: std::net::IpAddr) -> bool {
        use std::net::IpAddr::{V4, V6};
        let same_head = |one: u128, two: u128, width: u32| {
            let rest = width.saturating_sub(u32::from(self.bits));
            rest >= width || (one >> rest) == (two >> rest)
        };
        match (self.address, address.to_canonical()) {
            (V4(range), V4(ip)) => same_head(u32::from(range).into(), u32::from(ip).into(), 32),
            (V6(range), V6(ip)) => same_head(range.into(), ip.into(), 128),
            _ => false,
        }
    }
}
