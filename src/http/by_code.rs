//! Values that an answer gives for each coin.

use serde::ser::{Serialize, Serializer};

/// Values by what names their coins, in their order: an object in JSON.
#[derive(Debug)]
pub(crate) struct ByCode<T>(pub(crate) Vec<(&'static str, T)>);

impl<T: Serialize> Serialize for ByCode<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(code, value)| (code, value)))
    }
}
