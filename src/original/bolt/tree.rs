//! Buckets: trees of pages, and buckets inside of them.

use std::collections::HashSet;

use super::BoltError;
use super::meta::Meta;
use super::page::{HEADER, Kind, Leaf, Page, span, u64_at};

/// Pages one below the other, buckets inside of buckets included: more than any file has that bolt wrote.
const MAX_DEPTH: u32 = 64;

/// A key with its value.
pub type Pair<'a> = (&'a [u8], &'a [u8]);

/// A bucket with all that is in it, in ascending order of keys.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Bucket<'a> {
    /// The number that was given last in it.
    pub sequence: u64,
    /// Its pairs.
    pub pairs: Vec<Pair<'a>>,
    /// The buckets in it, by name.
    pub buckets: Vec<(&'a [u8], Bucket<'a>)>,
}

impl<'a> Bucket<'a> {
    /// Returns the bucket of this name; none where there is none.
    pub fn bucket(&self, name: &str) -> Option<&Bucket<'a>> {
        self.buckets.iter().find(|(known, _)| *known == name.as_bytes()).map(|(_, bucket)| bucket)
    }

    /// Returns the value of a key; none where there is none.
    pub fn get(&self, key: &[u8]) -> Option<&'a [u8]> {
        let found = self.pairs.binary_search_by_key(&key, |(known, _)| *known).ok()?;
        self.pairs.get(found).map(|(_, value)| *value)
    }
}

/// Reads the bucket that all others are in.
pub(super) fn read<'a>(bytes: &'a [u8], meta: &Meta) -> Result<Bucket<'a>, BoltError> {
    let mut reader = Reader { bytes, meta, seen: HashSet::new() };
    let mut root = Bucket::default();
    reader.pages(meta.root, Bounds::NONE, 0, &mut root)?;
    match root.pairs.as_slice() {
        [] => Ok(root),
        [..] => {
            Err(BoltError::Page { page: meta.root, why: "it holds a value where bolt keeps buckets alone" })
        }
    }
}

struct Reader<'a, 'm> {
    bytes: &'a [u8],
    meta: &'m Meta,
    /// Pages that were read: one that is reached twice is a circle, or belongs to two.
    seen: HashSet<u64>,
}

/// Between which keys all of a page's have to be.
#[derive(Debug, Clone, Copy)]
struct Bounds<'a> {
    from: Option<&'a [u8]>,
    below: Option<&'a [u8]>,
}

impl Bounds<'_> {
    const NONE: Bounds<'static> = Bounds { from: None, below: None };

    fn hold(&self, key: &[u8]) -> bool {
        self.from.is_none_or(|from| key >= from) && self.below.is_none_or(|below| key < below)
    }
}

impl<'a> Reader<'a, '_> {
    /// The page of this number, with all that it takes up.
    fn page(&mut self, number: u64) -> Result<Page<'a>, BoltError> {
        let wrong = |why| BoltError::Page { page: number, why };
        // The first two tell of states.
        if number < 2 || number >= self.meta.high_water {
            return Err(wrong("there is no such page"));
        }
        let size = u64::from(self.meta.page_size);
        let start = number.checked_mul(size).and_then(|start| usize::try_from(start).ok());
        let rest = start.and_then(|start| self.bytes.get(start..)).ok_or(wrong("there is no such page"))?;
        let span = rest.get(..HEADER).and_then(span).ok_or(wrong("there is no such page"))?;
        let end = number.checked_add(span).filter(|end| *end <= self.meta.high_water);
        let end = end.ok_or(wrong("it takes up more pages than there are"))?;
        if !(number..end).all(|page| self.seen.insert(page)) {
            return Err(wrong("it is reached twice"));
        }
        let whole = span.checked_mul(size).and_then(|whole| usize::try_from(whole).ok());
        let whole = whole.and_then(|whole| rest.get(..whole));
        Page::read(whole.ok_or(wrong("it is cut off"))?, number, number)
    }

    /// Adds what is on a page and below it to a bucket.
    fn pages(
        &mut self,
        number: u64,
        bounds: Bounds<'a>,
        depth: u32,
        bucket: &mut Bucket<'a>,
    ) -> Result<(), BoltError> {
        if depth >= MAX_DEPTH {
            return Err(BoltError::Page { page: number, why: "it lies deeper than any page does" });
        }
        let page = self.page(number)?;
        let is_root = bounds.from.is_none() && bounds.below.is_none();
        match page.kind {
            Kind::Leaf => {
                let leaves = page.leaves()?;
                if leaves.is_empty() && !is_root {
                    return Err(page.wrong("it is empty"));
                }
                self.leaves(&page, leaves, bounds, depth, bucket)
            }
            Kind::Branch => self.branch(&page, bounds, depth, bucket),
        }
    }

    fn branch(
        &mut self,
        page: &Page<'a>,
        bounds: Bounds<'a>,
        depth: u32,
        bucket: &mut Bucket<'a>,
    ) -> Result<(), BoltError> {
        let children = page.children()?;
        if children.is_empty() {
            return Err(page.wrong("it is empty"));
        }
        for (at, child) in children.iter().enumerate() {
            let next = children.get(at.saturating_add(1)).map(|next| next.key);
            if !bounds.hold(child.key) || next.is_some_and(|next| next <= child.key) {
                return Err(page.wrong("its keys are not in order"));
            }
            let inside = Bounds { from: Some(child.key), below: next.or(bounds.below) };
            self.pages(child.page, inside, depth.saturating_add(1), bucket)?;
        }
        Ok(())
    }

    fn leaves(
        &mut self,
        page: &Page<'a>,
        leaves: Vec<Leaf<'a>>,
        bounds: Bounds<'a>,
        depth: u32,
        bucket: &mut Bucket<'a>,
    ) -> Result<(), BoltError> {
        let mut last = None;
        for leaf in leaves {
            if leaf.key.is_empty() || !bounds.hold(leaf.key) || last.is_some_and(|last| last >= leaf.key) {
                return Err(page.wrong("its keys are not in order"));
            }
            last = Some(leaf.key);
            if leaf.is_bucket {
                let inner = self.bucket(page, leaf.value, depth)?;
                bucket.buckets.push((leaf.key, inner));
            } else {
                bucket.pairs.push((leaf.key, leaf.value));
            }
        }
        Ok(())
    }

    /// The bucket that a value is: on pages of its own, or in the value itself.
    fn bucket(&mut self, page: &Page<'a>, value: &'a [u8], depth: u32) -> Result<Bucket<'a>, BoltError> {
        let not_whole = page.wrong("a bucket in it is not whole");
        let (root, sequence) = u64_at(value, 0).zip(u64_at(value, 8)).ok_or(not_whole.clone())?;
        let mut bucket = Bucket { sequence, ..Bucket::default() };
        let depth = depth.saturating_add(1);
        if root != 0 {
            self.pages(root, Bounds::NONE, depth, &mut bucket)?;
            return Ok(bucket);
        }
        let inline = Page::read(value.get(HEADER..).ok_or(not_whole)?, page.number, 0)?;
        let leaves = if inline.kind == Kind::Leaf { inline.leaves()? } else { Vec::new() };
        let is_plain = inline.kind == Kind::Leaf && leaves.iter().all(|leaf| !leaf.is_bucket);
        if !is_plain || depth >= MAX_DEPTH {
            return Err(page.wrong("a bucket in it holds what only pages do"));
        }
        self.leaves(&inline, leaves, Bounds::NONE, depth, &mut bucket)?;
        Ok(bucket)
    }
}
