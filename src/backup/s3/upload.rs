//! A file on its way to a bucket: in one piece where it is small, else in parts, of which one at a time is in memory.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::ObjectStore;
use crate::backup::BackupError;

/// Parts that an object may have.
const MOST_PARTS: u64 = 10_000;
const MEBIBYTE: u64 = 1 << 20;

impl ObjectStore {
    /// Puts a file there; it is there as a whole, or not at all.
    pub(super) async fn put(&self, file: &Arc<File>, name: &str, size: u64) -> Result<(), BackupError> {
        let key = self.key(name);
        if size <= self.part {
            let whole = read(file, name, 0, size).await?;
            return self.client.put(&key, whole).await.map_err(self.failed(name));
        }
        let upload = self.client.begin(&key).await.map_err(self.failed(name))?;
        let done = self.put_parts(file, (name, size), &upload).await;
        if done.is_err()
            && let Err(refusal) = self.client.abort(&key, &upload).await
        {
            tracing::warn!(key, %refusal, "parts of a copy that is not whole are left in the bucket");
        }
        done
    }

    async fn put_parts(
        &self,
        file: &Arc<File>,
        (name, size): (&str, u64),
        upload: &str,
    ) -> Result<(), BackupError> {
        let (key, part) = (self.key(name), part_size(self.part, size));
        let (mut tags, mut at, mut number) = (Vec::new(), 0, 1_u16);
        while at < size {
            let length = part.min(size.saturating_sub(at));
            let bytes = read(file, name, at, length).await?;
            let tag = self.client.part(&key, upload, number, bytes).await.map_err(self.failed(name))?;
            tags.push(tag);
            at = at.saturating_add(length);
            number = number.saturating_add(1);
        }
        self.client.finish(&key, upload, &tags).await.map_err(self.failed(name))
    }
}

/// Bytes of a part, so that there are not too many of them.
fn part_size(usual: u64, size: u64) -> u64 {
    let least = size.div_ceil(MOST_PARTS).div_ceil(MEBIBYTE).saturating_mul(MEBIBYTE);
    if size.div_ceil(usual) > MOST_PARTS { least } else { usual }
}

/// What waits for a disk keeps nobody else waiting.
async fn read(file: &Arc<File>, name: &str, at: u64, length: u64) -> Result<Vec<u8>, BackupError> {
    let file = Arc::clone(file);
    let read = move || {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        file.read_exact_at(&mut bytes, at).map(|()| bytes)
    };
    let read = tokio::task::spawn_blocking(read).await;
    let read = read.map_err(|panicked| BackupError::other(name, panicked.to_string()))?;
    read.map_err(|error| BackupError::other(name, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_never_need_more_parts_than_there_may_be() {
        let usual = 8 << 20;
        assert_eq!(part_size(usual, 100 << 20), usual);
        for size in [usual * MOST_PARTS, usual * MOST_PARTS + 1, 1 << 40, 5 << 40] {
            let part = part_size(usual, size);
            assert!(size.div_ceil(part) <= MOST_PARTS && part >= usual, "{size}: {part}");
        }
    }
}
