//! Where a list begins and how far it goes, as a request wants it; and where the next page begins.

use serde_json::Value;

use crate::http::Params;
use crate::http::describe::{query, whole, whole_up_to, words};
use crate::report::requests;
use crate::store::Page;

/// Most entries of a page that is asked for.
const MAX_LIMIT: usize = 1000;
/// Most entries of a list that is asked for whole: the original answers all there are, which has no end.
const WHOLE: usize = 10_000;

/// What the reference tells of lists whose cursor is a number.
pub(super) fn parameters() -> [Value; 2] {
    let after = "Begins beyond this number: the `next` of the page before.";
    [query("after", after, &whole(0)), limit_parameter()]
}

/// What the reference tells of lists whose cursor is a text.
pub(super) fn cursor_parameters(example: &str) -> [Value; 2] {
    let after = "Begins beyond this entry: the `next` of the page before.";
    [query("after", after, &words(example)), limit_parameter()]
}

fn limit_parameter() -> Value {
    let about = "Most entries of the page; 1,000 where only `after` is given.";
    query("limit", about, &whole_up_to(1, MAX_LIMIT as u64))
}

/// Returns the page that `after` (a number, the cursor) and `limit` name; the whole list, as far as that goes, where
/// neither is given.
pub(super) fn page(params: &Params) -> Result<Page, String> {
    let limit = limit(params)?;
    let after = match params.get("after") {
        "" => 0,
        text => text.parse().map_err(|_| requests::no_number("after"))?,
    };
    Ok(Page { after, limit })
}

/// Returns how many entries are wanted.
fn limit(params: &Params) -> Result<usize, String> {
    let is_whole = !params.has("after") && !params.has("limit");
    if is_whole { Ok(WHOLE) } else { limit_of_page(params) }
}

/// Returns the same for a list that is never told whole.
pub(super) fn limit_of_page(params: &Params) -> Result<usize, String> {
    let limit = match params.get("limit") {
        "" => MAX_LIMIT,
        text => text.parse().map_err(|_| requests::no_number("limit"))?,
    };
    match limit {
        1..=MAX_LIMIT => Ok(limit),
        _ => Err(requests::out_of_range("limit", MAX_LIMIT)),
    }
}

/// Returns the entry that the list goes on behind, by the text that the page before told; none at the beginning.
pub(super) fn after<T>(params: &Params, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    match params.get("after") {
        "" => Ok(None),
        text => read(text).map(Some).ok_or_else(requests::no_cursor),
    }
}

/// Returns where the list goes on, and how many entries are wanted; see [`limit`] and [`after`].
pub(super) fn by_cursor<T>(
    params: &Params,
    read: impl Fn(&str) -> Option<T>,
) -> Result<(Option<T>, usize), String> {
    let limit = limit(params)?;
    Ok((after(params, read)?, limit))
}

/// Returns the page with one entry more, to know whether there is one; see [`cut`].
pub(super) fn and_one_more(page: Page) -> Page {
    Page { limit: page.limit.saturating_add(1), ..page }
}

/// Takes away the entry that was read beyond the limit, to know whether there is one: then the last that is left is
/// what the next page goes on behind.
pub(super) fn cut<T>(entries: &mut Vec<T>, limit: usize) -> Option<&T> {
    let is_more = entries.len() > limit;
    entries.truncate(limit);
    entries.last().filter(|_| is_more)
}
