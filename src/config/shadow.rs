//! Section `shadow`: looking on beside a running original, and paying nothing.

use std::path::PathBuf;

use super::Config;
use super::reader::Section;

pub(super) fn read(section: &mut Section<'_>) -> Option<PathBuf> {
    let original = section.path("original");
    section.finish();
    original
}

/// Without chains there is nothing to look on at.
pub(super) fn check(root: &mut Section<'_>, config: &Config) {
    if config.shadow.is_some() && config.dummy.is_on() {
        let words = "has no meaning in dummy mode, which follows no chain: leave the section [dummy] out";
        root.problem("shadow.original", words);
    }
}
