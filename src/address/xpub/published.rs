//! Accounts of mnemonics that everybody knows: what is sent there is gone in the same minute.

use super::AccountXpub;

/// The first addresses of account 0 of "abandon ... about" and "test ... junk", by coin and BIP.
const FIRST: [&str; 12] = [
    "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA",
    "37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf",
    "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
    "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
    "0x9858EfFD232B4033E47d90003D41EC34EcaEda94",
    "28RHxxgAsbCuTv5U9VgWrDGDUpoho2gbh66",
    "1Ei9UmLQv4o4UJTy5r5mnGFeC9auM3W5P1",
    "39sr5B8UAdxeoXbnpdw4frfxXwWwEChwzp",
    "bc1q4qw42stdzjqs59xvlrlxr8526e3nunw7mp73te",
    "bc1pfzhx49qe6s5exppe5hqljg3n6587xk0w75xqr70pgdt7ygnfkssqxqjd9l",
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "7iwnkwHoXBV9peNJnasxG7ERrHsxhaGDsi",
];

impl AccountXpub {
    /// Whether everybody knows the private half of this key.
    pub fn is_published(&self) -> bool {
        self.derive(0).is_ok_and(|first| FIRST.contains(&first.to_string().as_str()))
    }
}
