//! Whether there is room for the database to grow, and for a copy of it.

use std::path::Path;

use super::Diagnosis;

const MIB: u64 = 1 << 20;
/// Less than this is used up before anybody looks.
const TOO_LITTLE: u64 = 256 * MIB;
/// What the service needs beside a copy of the database.
const BESIDE: u64 = 32 * MIB;

pub(super) fn look(data_dir: &Path, database: &Path, diagnosis: &mut Diagnosis) {
    let Some(folder) = data_dir.ancestors().find(|folder| folder.exists()) else { return };
    let about = "disk";
    let stat = match rustix::fs::statvfs(folder) {
        Ok(stat) => stat,
        Err(error) => {
            let words = format!("{}: {}", folder.display(), std::io::Error::from(error));
            return diagnosis.warn(about, words, "see whether the disk is there");
        }
    };
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let size = std::fs::metadata(database).map_or(0, |file| file.len());
    let (shown, free_mib, size_mib) = (folder.display(), free / MIB, size / MIB);
    let words = format!("{shown}: {free_mib} MiB free, the database has {size_mib} MiB");
    if free < TOO_LITTLE {
        diagnosis.problem(about, words, "make room: where the disk is full, teller ends");
    } else if free < size.saturating_add(BESIDE) {
        diagnosis.warn(
            about,
            words,
            "make room: a backup by /api/backup needs as much again as the database has",
        );
    } else {
        diagnosis.fine(about, words);
    }
    if stat.f_favail < 1_000 && stat.f_files > 0 {
        let words = format!("{shown}: {} more files can be made", stat.f_favail);
        diagnosis.warn(about, words, "remove files that nobody needs");
    }
}
