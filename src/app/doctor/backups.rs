//! Whether copies can be kept where another machine keeps them. What is put there to see that is taken away again.

use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;

use super::Diagnosis;
use crate::app::backups::Backups;
use crate::app::given::db_path;
use crate::config::Config;

/// A few bytes that take longer are none.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) async fn look(config: &Config, data_dir: &Path, diagnosis: &mut Diagnosis) {
    // What cannot be made of the configuration is told with the start, and a folder is looked at there.
    let Ok(backups) = Backups::new(config, data_dir, &db_path(config, data_dir)) else { return };
    let Some(place) = backups.place().filter(|place| place.is_far()) else { return };
    match timeout(PATIENCE, place.look()).await {
        Ok(Ok(())) => diagnosis.fine("backups", "can be put in the bucket, read back, listed and taken away"),
        Ok(Err(error)) => diagnosis.warn("backups", error.to_string(), "look at the section backup.s3"),
        Err(_) => diagnosis.warn(
            "backups",
            format!("the store did not do a small thing within {} s", PATIENCE.as_secs()),
            "look at backup.s3.endpoint, and at what stands between",
        ),
    }
}
