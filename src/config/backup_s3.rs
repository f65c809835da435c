//! Section `backup.s3`: a bucket that copies of the database are kept in.

use std::path::PathBuf;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::alerts::is_here;
use super::reader::Section;

/// Signed for where a store does not care.
const REGION: &str = "us-east-1";
/// More, and the names of copies have no room in a key.
const MAX_PREFIX: usize = 512;

/// A bucket of a store that speaks S3.
#[derive(Debug, Clone)]
pub struct S3 {
    /// Where the store is, without the bucket.
    pub endpoint: Url,
    /// The bucket.
    pub bucket: String,
    /// What requests are signed for.
    pub region: String,
    /// What the keys of copies begin with; empty, or ends with `/`.
    pub prefix: String,
    /// Whose requests they are.
    pub access_key: String,
    /// What they are signed with.
    pub secret_key: SecretString,
    /// Whether the bucket stands in the path of URLs, and not in the name of the host.
    pub is_path_style: bool,
    /// A certificate that the store is known by, where no authority of the web knows it.
    pub cert: Option<PathBuf>,
}

/// Whether it is wanted, and what it is where nothing is wrong with it.
pub(super) fn read(section: &mut Section<'_>) -> (bool, Option<S3>) {
    let (endpoint, bucket) = (section.string("endpoint", ""), section.string("bucket", ""));
    let (region, prefix) = (section.string("region", REGION), section.string("prefix", ""));
    let (access_key, secret_key) = (section.string("access_key", ""), section.secret("secret_key"));
    let (is_path_style, cert) = (section.bool("path_style", true), section.path("cert"));
    let has_secret = !secret_key.expose_secret().is_empty();
    let is_on = !bucket.is_empty();
    if !is_on {
        let others = [&endpoint, &access_key].iter().any(|text| !text.is_empty());
        if others || has_secret || section.has_problem("secret_key_file") {
            section.problem("bucket", "must name the bucket, where others of its section are set");
        }
        section.finish();
        return (others || has_secret, None);
    }
    let url = endpoint_of(section, &endpoint);
    check_names(section, &bucket, &region, &prefix);
    if access_key.is_empty() {
        section.problem("access_key", "must name the key that requests are signed with");
    }
    if !has_secret && !section.has_problem("secret_key_file") {
        section.problem("secret_key", "must be set, or secret_key_file name a file that holds it");
    }
    section.finish();
    let prefix = if prefix.is_empty() || prefix.ends_with('/') { prefix } else { format!("{prefix}/") };
    let s3 = url.map(|endpoint| S3 {
        endpoint,
        bucket,
        region,
        prefix,
        access_key,
        secret_key,
        is_path_style,
        cert,
    });
    (true, s3)
}

/// It is not repeated: a password may stand in it.
fn endpoint_of(section: &mut Section<'_>, text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(url) = url else {
        let what = "must be the URL of the store, such as \"https://s3.eu-central-1.amazonaws.com\"";
        section.problem("endpoint", what);
        return None;
    };
    if !url.username().is_empty() || url.password().is_some() {
        section
            .problem("endpoint", "has credentials, which have keys of their own: access_key and secret_key");
        return None;
    }
    if url.query().is_some() || url.fragment().is_some() {
        section.problem("endpoint", "expected a URL without \"?\" and \"#\"");
        return None;
    }
    if url.scheme() == "http" && !is_here(url.host_str().unwrap_or_default()) {
        section.warn("endpoint", "plain http: whoever is in between can read and change what is kept");
    }
    Some(url)
}

fn check_names(section: &mut Section<'_>, bucket: &str, region: &str, prefix: &str) {
    let is_plain = |text: &str, more: &[u8]| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte) || more.contains(&byte))
    };
    if !(3..=63).contains(&bucket.len()) || !is_plain(bucket, b"") || bucket.contains("..") {
        section.problem("bucket", format!("expected 3 to 63 letters, digits, -, . and _, got {bucket:?}"));
    }
    if region.is_empty() || !is_plain(region, b"") {
        section.problem("region", format!("expected a name such as {REGION:?}, got {region:?}"));
    }
    let parts = prefix.strip_suffix('/').unwrap_or(prefix);
    let is_wrong = |part: &str| part.is_empty() || part == "." || part == "..";
    let leads_elsewhere = !parts.is_empty() && parts.split('/').any(is_wrong) || prefix == "/";
    if prefix.len() > MAX_PREFIX || !is_plain(prefix, b"/") || leads_elsewhere {
        section.problem("prefix", format!("expected folders such as \"teller/main\", got {prefix:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{BackupPlace, Config, ConfigError, parse};

    fn with(extra: &str) -> Result<Config, ConfigError> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let text = format!("btc_addresses = {file:?}\n[dummy]\nsender = true\nscanner = true\n{extra}");
        parse(&text, Path::new("test.toml"))
    }

    const WHOLE: &str = "endpoint = \"https://s3.example.com\"\nbucket = \"copies\"\nprefix = \"teller/main\"\n\
                         access_key = \"AKIA\"\nsecret_key = \"hidden-word\"\n";

    #[test]
    fn should_read_a_bucket_and_show_no_secret() {
        let config = with(&format!("[backup.s3]\n{WHOLE}")).unwrap();
        let BackupPlace::S3(s3) = &config.backup.as_ref().unwrap().place else { panic!("a folder") };
        assert_eq!(
            (s3.prefix.as_str(), s3.region.as_str(), s3.is_path_style),
            ("teller/main/", "us-east-1", true)
        );
        assert!(!format!("{config:?}").contains("hidden-word"));
        assert!(with("[backup.s3]\npath_style = false\n").unwrap().backup.is_none(), "no bucket, no copies");
    }

    #[test]
    fn should_tell_everything_that_is_wrong_at_once() {
        let told = with(
            "[backup]\nto = \"/mnt\"\n[backup.s3]\nendpoint = \"https://u:hidden-word@x/\"\nbucket = \"a/b\"\n\
             region = \"\"\nprefix = \"../x\"\ncolour = 1\n",
        );
        let told = told.unwrap_err().to_string();
        for wanted in [
            "backup.to: excludes the section [backup.s3]",
            "backup.s3.endpoint: has credentials",
            "backup.s3.bucket: expected 3 to 63",
            "backup.s3.region: expected a name",
            "backup.s3.prefix: expected folders",
            "backup.s3.access_key: must name",
            "backup.s3.secret_key: must be set",
            "backup.s3.colour: unknown key",
        ] {
            assert!(told.contains(wanted), "{wanted}: {told}");
        }
        assert!(!told.contains("hidden-word"), "{told}");
    }

    #[test]
    fn should_want_a_bucket_where_the_rest_is_there() {
        let told = with("[backup.s3]\nendpoint = \"https://s3.example.com\"\n").unwrap_err().to_string();
        assert!(told.contains("backup.s3.bucket: must name the bucket"), "{told}");
        for wrong in ["/", "/a", "a//b", "a/./b", "a b", "ä"] {
            let text = WHOLE.replace("teller/main", wrong);
            let told = with(&format!("[backup.s3]\n{text}")).unwrap_err().to_string();
            assert!(told.contains("backup.s3.prefix: "), "{wrong}: {told}");
        }
        for http in ["http://127.0.0.1:9000", "http://s3.example.com"] {
            let text = WHOLE.replace("https://s3.example.com", http);
            let warned = with(&format!("[backup.s3]\n{text}")).unwrap().warnings.join("\n");
            assert_eq!(warned.contains("backup.s3.endpoint: plain http"), !http.contains("127"), "{warned}");
        }
    }
}
