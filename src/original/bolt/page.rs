//! One page: its header, and its elements, each checked against the page's bounds.

use super::BoltError;

/// Bytes before what a page holds.
pub(super) const HEADER: usize = 16;
const BRANCH: u16 = 1;
const LEAF: u16 = 2;
/// Bytes of an element, of a branch and of a leaf alike.
const ELEMENT: usize = 16;
/// Set where a value is a bucket.
const BUCKET: u32 = 1;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// What a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Branch,
    Leaf,
}

/// A page with all that belongs to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    /// The number that errors name: of an inline page the one that it stands in.
    pub(super) number: u64,
    pub(super) kind: Kind,
    count: usize,
    bytes: &'a [u8],
}

/// A child of a branch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Child<'a> {
    pub(super) key: &'a [u8],
    pub(super) page: u64,
}

/// An element of a leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf<'a> {
    pub(super) key: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) is_bucket: bool,
}

/// How many pages one takes up, by its header.
pub(super) fn span(header: &[u8]) -> Option<u64> {
    u32_at(header, 12).map(|overflow| u64::from(overflow).saturating_add(1))
}

impl<'a> Page<'a> {
    /// Reads the header of a page whose bytes these are, with all that it takes up. `id` is what it has to call itself.
    pub(super) fn read(bytes: &'a [u8], number: u64, id: u64) -> Result<Page<'a>, BoltError> {
        let wrong = |why| BoltError::Page { page: number, why };
        let header = bytes.get(..HEADER).ok_or(wrong("it is shorter than a header"))?;
        if u64_at(header, 0) != Some(id) {
            return Err(wrong("it says that it is another one"));
        }
        let kind = match u16_at(header, 8) {
            Some(BRANCH) => Kind::Branch,
            Some(LEAF) => Kind::Leaf,
            Some(_) | None => return Err(wrong("it is neither a branch nor a leaf")),
        };
        let count = usize::from(u16_at(header, 10).unwrap_or(0));
        if count.saturating_mul(ELEMENT).saturating_add(HEADER) > bytes.len() {
            return Err(wrong("it has more elements than fit on it"));
        }
        Ok(Page { number, kind, count, bytes })
    }

    /// Returns the children of a branch.
    pub(super) fn children(&self) -> Result<Vec<Child<'a>>, BoltError> {
        let mut data = self.data();
        (0..self.count)
            .map(|at| {
                let (element, body) = self.element(at)?;
                let [position, key, _, _] = element;
                let key = data.take(body, position, key)?;
                let page = u64_at(body, 8).ok_or(self.wrong("an element is not whole"))?;
                Ok(Child { key, page })
            })
            .collect()
    }

    /// Returns the elements of a leaf.
    pub(super) fn leaves(&self) -> Result<Vec<Leaf<'a>>, BoltError> {
        let mut data = self.data();
        (0..self.count)
            .map(|at| {
                let (element, body) = self.element(at)?;
                let [flags, position, key_size, value_size] = element;
                let key = data.take(body, position, key_size)?;
                let after =
                    position.checked_add(key_size).ok_or(self.wrong("an element is out of bounds"))?;
                let value = data.take(body, after, value_size)?;
                if flags & !BUCKET != 0 {
                    return Err(self.wrong("an element has a mark that is not known"));
                }
                Ok(Leaf { key, value, is_bucket: flags & BUCKET != 0 })
            })
            .collect()
    }

    /// The four numbers of an element, and the bytes from it on: positions count from the element.
    fn element(&self, at: usize) -> Result<([u32; 4], &'a [u8]), BoltError> {
        let start = at.saturating_mul(ELEMENT).saturating_add(HEADER);
        let body = self.bytes.get(start..).ok_or(self.wrong("an element is not whole"))?;
        let number = |at| u32_at(body, at).ok_or(self.wrong("an element is not whole"));
        Ok(([number(0)?, number(4)?, number(8)?, number(12)?], body))
    }

    fn data(&self) -> Data {
        let first = self.count.saturating_mul(ELEMENT).saturating_add(HEADER);
        Data { page: self.number, whole: self.bytes.len(), next: first }
    }

    pub(super) const fn wrong(&self, why: &'static str) -> BoltError {
        BoltError::Page { page: self.number, why }
    }
}

/// What of a page's bytes after the elements was taken: each byte belongs to one element at most.
struct Data {
    page: u64,
    whole: usize,
    next: usize,
}

impl Data {
    fn take<'a>(&mut self, body: &'a [u8], position: u32, size: u32) -> Result<&'a [u8], BoltError> {
        let wrong = |why| BoltError::Page { page: self.page, why };
        let out = wrong("an element is out of bounds");
        let (from, size) =
            usize::try_from(position).ok().zip(usize::try_from(size).ok()).ok_or(out.clone())?;
        let to = from.checked_add(size).ok_or(out.clone())?;
        let taken = body.get(from..to).ok_or(out.clone())?;
        let start = self.whole.saturating_sub(body.len()).checked_add(from).ok_or(out.clone())?;
        // Bolt leaves no gap: one would hide an element that the header does not count.
        if start != self.next {
            return Err(wrong("its elements do not follow each other"));
        }
        self.next = start.checked_add(size).ok_or(out)?;
        Ok(taken)
    }
}
