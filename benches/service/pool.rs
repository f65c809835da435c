//! A pool of ten million addresses.

use crate::fill;
use crate::measure::scaled;
use crate::process::Running;

pub(crate) fn run() {
    let count = scaled(10_000_000);
    println!("## A pool of {count} addresses\n");
    let dir = tempfile::tempdir().unwrap();
    let pool = dir.path().join("pool.txt");
    fill::address_file(&pool, 0, count);
    let (running, first) = Running::start(dir.path(), &pool);
    println!("- first start, every address verified and stored: {:.1} s", first.as_secs_f64());
    drop(running);
    let (running, again) = Running::start(dir.path(), &pool);
    println!("- each further start: {:.1} s", again.as_secs_f64());
    println!("- resident memory: {} MiB\n", running.resident() >> 20);
}
