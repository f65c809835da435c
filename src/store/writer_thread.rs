//! The writer's thread, and its end.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::Shared;
use super::writer::Message;

/// The writer's thread, which ends with this value.
#[derive(Debug)]
pub(super) struct WriterThread {
    pub(super) shared: Arc<Shared>,
    pub(super) thread: Mutex<Option<JoinHandle<()>>>,
}

impl WriterThread {
    pub(super) fn stop(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        self.shared.closing.store(true, Ordering::Release);
        // Both fail only where the writer has ended by itself, and then it has told everybody why.
        let _ = self.shared.queue.send(Message::Stop);
        let _ = thread.join();
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.stop();
    }
}
