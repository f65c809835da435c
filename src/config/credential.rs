//! Credentials: files that the manager of services puts where this service alone can read them.

use std::path::PathBuf;

/// What a path begins with that names one.
const CREDENTIAL: &str = "credential:";
/// Where they are.
const DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// The path that a text names: of a file, or of a credential of this service.
pub(super) fn expand(text: &str) -> Result<PathBuf, String> {
    expanded(text, std::env::var_os(DIRECTORY).map(PathBuf::from))
}

fn expanded(text: &str, directory: Option<PathBuf>) -> Result<PathBuf, String> {
    let Some(name) = text.strip_prefix(CREDENTIAL) else { return Ok(PathBuf::from(text)) };
    if name.is_empty() || name.contains('/') || name == "." || name == ".." {
        return Err(format!("expected the name of a credential, as in \"{CREDENTIAL}wallet-password\""));
    }
    let directory = directory.filter(|directory| directory.is_absolute());
    let directory = directory.ok_or_else(|| {
        format!(
            "{text}: there are no credentials here ({DIRECTORY} is not set); systemd gives them to a service whose \
             unit has LoadCredential={name}:FILE"
        )
    })?;
    Ok(directory.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_find_credentials_where_the_service_has_them() {
        let here = Some(PathBuf::from("/run/credentials/teller.service"));
        assert_eq!(
            expanded("credential:wallet-password", here.clone()),
            Ok(PathBuf::from("/run/credentials/teller.service/wallet-password"))
        );
        assert_eq!(expanded("/etc/x", here.clone()), Ok(PathBuf::from("/etc/x")));
        assert!(expanded("credential:a", None).unwrap_err().contains("LoadCredential=a:FILE"));
        for bad in ["credential:", "credential:a/b", "credential:.."] {
            assert!(expanded(bad, here.clone()).is_err(), "{bad}");
        }
    }
}
