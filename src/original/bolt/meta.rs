//! The two pages at the beginning, of which each tells where a whole state of the data begins.

use super::BoltError;
use super::page::{HEADER, u16_at, u32_at, u64_at};

const MAGIC: u32 = 0xED0C_DAED;
const VERSION: u32 = 2;
/// The checksum is over so many bytes, and follows them.
const SUMMED: usize = 56;
const META_FLAG: u16 = 4;
/// Page sizes that an operating system may have had.
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 9..=16;

/// Where a state begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) page_size: u32,
    /// The page that the bucket of all buckets begins with.
    pub(super) root: u64,
    /// Pages from this one on are not part of the state.
    pub(super) high_water: u64,
    txid: u64,
}

/// Reads the state that a page tells of; in words why there is none.
fn read(bytes: &[u8], number: u64, page_size: Option<u32>) -> Result<Meta, &'static str> {
    let start =
        usize::try_from(number).ok().zip(page_size.map_or(Some(0), |size| usize::try_from(size).ok()));
    let start = start.and_then(|(number, size)| number.checked_mul(size)).ok_or("it is out of reach")?;
    let page = bytes.get(start..).ok_or("it is not there")?;
    let body = page.get(HEADER..HEADER.saturating_add(SUMMED.saturating_add(8))).ok_or("it is not there")?;
    if u32_at(body, 0) != Some(MAGIC) {
        return Err("it has not bolt's mark");
    }
    if u32_at(body, 4) != Some(VERSION) {
        return Err("it is of another version");
    }
    let sum = u64_at(body, SUMMED).ok_or("it is not there")?;
    if sum != 0 && sum != fnv1a(body.get(..SUMMED).unwrap_or_default()) {
        return Err("its checksum is wrong");
    }
    if u64_at(page, 0) != Some(number) || u16_at(page, 8) != Some(META_FLAG) {
        return Err("its header is wrong");
    }
    let page_size = u32_at(body, 8).ok_or("it is not there")?;
    if !PAGE_SIZES.clone().any(|power| page_size == 1 << power) {
        return Err("its page size is none that there is");
    }
    let (root, txid) = (u64_at(body, 16), u64_at(body, 48));
    let high_water = u64_at(body, 40);
    match (root, txid, high_water) {
        (Some(root), Some(txid), Some(high_water)) => Ok(Meta { page_size, root, high_water, txid }),
        _ => Err("it is not there"),
    }
}

/// FNV-1a of 64 bits.
pub(super) fn fnv1a(bytes: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// Returns the newest state that is whole, and whether a newer one would be in its place if it were.
pub(super) fn newest(bytes: &[u8]) -> Result<(Meta, bool), BoltError> {
    let first = read(bytes, 0, None);
    let second = match first {
        Ok(meta) => read(bytes, 1, Some(meta.page_size)),
        // Where the first is damaged, so may be the page size that it tells.
        Err(_) => PAGE_SIZES
            .map(|power| read(bytes, 1, Some(1 << power)).and_then(|meta| its_own_size(meta, 1 << power)))
            .find(Result::is_ok)
            .unwrap_or(Err("it is not there")),
    };
    match (first, second) {
        (Ok(first), Ok(second)) if first.page_size != second.page_size => {
            Err(BoltError::NoState("they tell of two page sizes".to_owned()))
        }
        (Ok(first), Ok(second)) => Ok((if second.txid > first.txid { second } else { first }, false)),
        (Ok(meta), Err(_)) | (Err(_), Ok(meta)) => Ok((meta, true)),
        (Err(first), Err(second)) => Err(neither(bytes, first, second)),
    }
}

fn its_own_size(meta: Meta, size: u32) -> Result<Meta, &'static str> {
    if meta.page_size == size { Ok(meta) } else { Err("it stands elsewhere than its page size says") }
}

fn neither(bytes: &[u8], first: &'static str, second: &'static str) -> BoltError {
    let has_mark = u32_at(bytes, HEADER) == Some(MAGIC);
    match u32_at(bytes, HEADER.saturating_add(4)) {
        Some(version) if has_mark && version != VERSION => BoltError::Version(version),
        _ if has_mark => BoltError::NoState(format!("the first: {first}, the second: {second}")),
        _ => BoltError::NotBolt,
    }
}
