//! What stands beside a copy, and says what it is.

use serde::{Deserialize, Serialize};

use crate::types::{HistoryHead, UnixTime};

/// The form of manifests.
const FORM: u32 = 1;
/// How the names of copies end.
const PLAIN: &str = ".db";
const ENCRYPTED: &str = ".db.age";
/// How those of manifests do.
const MANIFEST: &str = ".json";

/// What a copy is, for whoever restores it or looks whether there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this very text.
    pub teller_backup: u32,
    /// The file that it is about.
    pub name: String,
    /// When the copy was made, in seconds since 1970.
    pub made_at: u64,
    /// The schema of the database.
    pub schema: u32,
    /// The head of the history: number and hash of its last event.
    pub history: String,
    /// Bytes of the file.
    pub size: u64,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Bytes of the database in it.
    pub plain_size: u64,
    /// SHA-256 of the database in it.
    pub plain_sha256: String,
    /// `age`, or `none`.
    pub encryption: String,
    /// The version of teller that made it.
    pub version: String,
}

impl Manifest {
    pub(super) const FORM: u32 = FORM;

    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(text: &[u8]) -> Result<Manifest, String> {
        let manifest: Manifest =
            serde_json::from_slice(text).map_err(|error| format!("no manifest: {error}"))?;
        if manifest.teller_backup != FORM {
            let found = manifest.teller_backup;
            return Err(format!("a manifest of form {found}, this version of teller knows {FORM}"));
        }
        if !is_plain_name(&manifest.name) {
            return Err("its name is none of a copy".to_owned());
        }
        manifest.head().ok_or("its history is no head of one")?;
        Ok(manifest)
    }

    /// Returns the head of the history in the copy.
    pub fn head(&self) -> Option<HistoryHead> {
        self.history.parse().ok()
    }

    /// Returns when the copy was made.
    pub fn made_at(&self) -> UnixTime {
        UnixTime::new(self.made_at)
    }

    /// Returns what tells the copies of its desk from those of others.
    pub fn desk(&self) -> &str {
        self.name.split('-').nth(1).unwrap_or_default()
    }

    /// Returns whether an identity is needed to read it.
    pub fn is_encrypted(&self) -> bool {
        self.encryption != "none"
    }

    pub(super) fn text(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("BUG: texts and numbers can be written");
        text.push(b'\n');
        text
    }
}

/// The name of a copy that a desk makes at a moment: desks that share a place do not touch each other's.
pub(super) fn name(desk: &str, at: UnixTime, is_encrypted: bool) -> String {
    let seconds = i64::try_from(at.get()).unwrap_or(i64::MAX);
    let at = time::UtcDateTime::from_unix_timestamp(seconds).unwrap_or(time::UtcDateTime::MAX);
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    let end = if is_encrypted { ENCRYPTED } else { PLAIN };
    format!("{}{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z{end}", prefix(desk))
}

/// How the names of a desk's files begin.
pub(super) fn prefix(desk: &str) -> String {
    format!("teller-{desk}-")
}

/// The name of a copy's manifest.
pub(super) fn manifest_of(copy: &str) -> String {
    format!("{copy}{MANIFEST}")
}

/// The copy that a manifest with this name is about.
pub(super) fn copy_of(manifest: &str) -> Option<&str> {
    manifest.strip_suffix(MANIFEST).filter(|copy| is_copy(copy))
}

/// Whether a name is one of a copy.
pub(super) fn is_copy(name: &str) -> bool {
    (name.ends_with(PLAIN) || name.ends_with(ENCRYPTED)) && is_plain_name(name)
}

/// Whether a name stays in the folder that it is looked for in.
fn is_plain_name(name: &str) -> bool {
    name.starts_with("teller-")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::backup) fn manifest(name: &str) -> Manifest {
        Manifest {
            teller_backup: FORM,
            name: name.to_owned(),
            made_at: 1_795_219_613,
            schema: 1,
            history: HistoryHead::EMPTY.to_string(),
            size: 1,
            sha256: "00".to_owned(),
            plain_size: 1,
            plain_sha256: "00".to_owned(),
            encryption: "none".to_owned(),
            version: "0.1.0".to_owned(),
        }
    }

    #[test]
    fn should_name_copies_by_desk_and_moment() {
        let at = UnixTime::new(1_795_219_613);
        assert_eq!(name("c0ffee", at, true), "teller-c0ffee-20261121T000653Z.db.age");
        assert_eq!(
            copy_of("teller-c0ffee-20261121T000653Z.db.age.json"),
            Some("teller-c0ffee-20261121T000653Z.db.age")
        );
        assert_eq!((copy_of("teller-x.json"), copy_of("teller-../../x.db.json")), (None, None));
    }

    #[test]
    fn should_read_what_it_writes_and_refuse_what_leads_elsewhere() {
        let one = manifest("teller-c0ffee-20261121T000653Z.db");
        assert_eq!(Manifest::parse(&one.text()), Ok(one.clone()));
        for wrong in ["../teller.db", "/etc/passwd", "teller-a/b.db"] {
            assert!(Manifest::parse(&manifest(wrong).text()).is_err(), "{wrong}");
        }
        let newer = Manifest { teller_backup: 2, ..one };
        assert!(Manifest::parse(&newer.text()).unwrap_err().contains("form 2"));
    }
}
