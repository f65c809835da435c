//! Who else may do something with a file that the desk's safety hangs on.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const OTHERS_READ: u32 = 0o004;
const OTHERS_WRITE: u32 = 0o002;
const GROUP_WRITES: u32 = 0o020;
const ANYBODY_ELSE: u32 = 0o077;
/// In such a folder only its owner may replace a file.
const STICKY: u32 = 0o1000;

/// What is to be done about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Care {
    /// Nothing.
    Fine,
    /// Say so.
    Warn(String),
    /// Do not start.
    Refuse(String),
}

/// Whether others may change a file or a folder, or put another one in its place. Others at all: refused; the
/// group, which is the owner's own on many machines: warned about.
///
/// # Errors
/// It cannot be looked at.
pub fn who_may_change(path: &Path) -> io::Result<Care> {
    let shown = path.display();
    let mode = mode(&std::fs::metadata(path)?);
    if mode & OTHERS_WRITE != 0 && mode & STICKY == 0 {
        return Ok(Care::Refuse(format!(
            "{shown} can be changed by everybody on this machine (mode {mode:o}); run: chmod o-w {shown}"
        )));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let around = std::fs::metadata(folder).map_or(0, |folder| self::mode(&folder));
    if around & OTHERS_WRITE != 0 && around & STICKY == 0 {
        let folder = folder.display();
        return Ok(Care::Refuse(format!(
            "{shown} can be replaced by everybody on this machine, {folder} has mode {around:o}; run: \
             chmod o-w {folder}"
        )));
    }
    if mode & GROUP_WRITES != 0 {
        return Ok(Care::Warn(format!(
            "{shown} can be changed by its group (mode {mode:o}); where that is not you alone, run: chmod g-w {shown}"
        )));
    }
    Ok(Care::Fine)
}

/// Whether anybody but its owner may look into a file, and its group where `group` may.
///
/// # Errors
/// It cannot be looked at.
pub fn who_may_read(path: &Path, group: bool) -> io::Result<Care> {
    let (shown, mode) = (path.display(), mode(&std::fs::metadata(path)?));
    let looked_for = if group { OTHERS_READ } else { ANYBODY_ELSE };
    if mode & looked_for == 0 {
        return Ok(Care::Fine);
    }
    Ok(Care::Warn(format!("{shown} can be read by others (mode {mode:o}); run: chmod 600 {shown}")))
}

fn mode(metadata: &Metadata) -> u32 {
    metadata.permissions().mode() & 0o7777
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{Permissions, set_permissions, write};

    #[test]
    fn should_tell_who_else_has_a_hand_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("addresses.txt");
        write(&file, "").unwrap();
        let allow = |path: &Path, mode| set_permissions(path, Permissions::from_mode(mode)).unwrap();
        let change = || who_may_change(&file).unwrap();
        for (mode, is_refused, is_warned) in
            [(0o600, false, false), (0o644, false, false), (0o664, false, true), (0o646, true, false)]
        {
            allow(&file, mode);
            assert_eq!(matches!(change(), Care::Refuse(_)), is_refused, "{mode:o}");
            assert_eq!(matches!(change(), Care::Warn(_)), is_warned, "{mode:o}");
        }
        // Whoever may write into the folder puts another file there, unless it is like /tmp.
        allow(&file, 0o600);
        allow(folder.path(), 0o777);
        assert!(matches!(change(), Care::Refuse(words) if words.contains("replaced")));
        allow(folder.path(), 0o1777);
        assert_eq!(change(), Care::Fine);
        allow(folder.path(), 0o700);
        for (mode, group, is_warned) in
            [(0o600, false, false), (0o640, true, false), (0o640, false, true), (0o644, true, true)]
        {
            allow(&file, mode);
            assert_eq!(matches!(who_may_read(&file, group).unwrap(), Care::Warn(_)), is_warned, "{mode:o}");
        }
        assert!(who_may_change(Path::new("/nonexistent/x")).is_err());
    }
}
