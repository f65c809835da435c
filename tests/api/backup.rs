//! The backup: a database of its own, whole and consistent, while the service goes on.

use std::sync::atomic::{AtomicBool, Ordering};

use teller::store::kv::Backend;
use teller::store::{Audit, RedbBackend};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, Request, Setup, TestApp, payee, pools};

/// Opens a backup and looks at everything in it, as `tool db check` does; answers how many rows it holds.
pub fn audit(bytes: &[u8]) -> Result<u64, String> {
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = dir.path().join("backup.db");
    std::fs::write(&path, bytes).map_err(|error| error.to_string())?;
    let backend = RedbBackend::open(&path, |_| {}).map_err(|error| error.to_string())?;
    let snapshot = backend.snapshot().map_err(|error| error.to_string())?;
    let report = Audit::new(&*snapshot, &|_| {}).run_full().map_err(|error| error.to_string())?;
    if report.findings.is_empty() { Ok(report.rows) } else { Err(report.messages().join("\n")) }
}

#[test]
fn should_hand_out_a_whole_database_while_binds_go_on() {
    let app = TestApp::start(Setup::new().set("teller.max_bound_addrs", 0).pool(Coin::BTC, pools::btc(500)));
    let done = AtomicBool::new(false);
    let rows: Vec<u64> = std::thread::scope(|scope| {
        for n in 0..3 {
            let (app, done) = (&app, &done);
            scope.spawn(move || {
                let mut number = u32::from(n) * 1000;
                while !done.load(Ordering::Relaxed) && number % 1000 < 150 {
                    let address = app.bind(&payee(n), Coin::BTC);
                    app.deposit(&Deposit::new(Coin::BTC, &address, 2_000, number));
                    number += 1;
                }
            });
        }
        let rows = (0..4).map(|_| audit(&app.admin(&Request::get("/api/backup")).body).unwrap());
        let rows = rows.collect();
        done.store(true, Ordering::Relaxed);
        rows
    });
    assert!(rows.is_sorted() && rows[0] < rows[3], "later backups hold more: {rows:?}");
    app.confirm_everything();
    audit(&app.admin(&Request::get("/api/backup")).body).unwrap();
}

#[test]
fn should_name_the_backup_and_leave_nothing_behind() {
    let app = TestApp::new();
    for method in ["GET", "POST", "HEAD"] {
        let reply = app.admin(&Request::new(method, "/api/backup"));
        assert_eq!((reply.status, reply.header("Content-Type")), (200, Some("application/octet-stream")));
        let disposition = reply.header("Content-Disposition").unwrap();
        assert!(disposition.starts_with("attachment; filename=\"teller-1"), "{disposition}");
        assert_eq!(reply.body.is_empty(), method == "HEAD");
    }
    let left: Vec<_> = std::fs::read_dir(app.dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("backup"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn should_never_hand_out_a_part() {
    let app = TestApp::new();
    let reply = app.admin(&Request::get("/api/backup").header("Range", "bytes=100-"));
    assert_eq!((reply.status, reply.header("Accept-Ranges")), (200, Some("none")));
    audit(&reply.body).unwrap();
}

#[test]
fn should_start_from_a_backup() {
    let mut app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    app.confirm_everything();
    let backup = app.admin(&Request::get("/api/backup")).body;
    app.bind(BUYER, Coin::ETH);
    app.stop();
    std::fs::write(app.dir().join("teller.db"), backup).unwrap();
    app.go_on();
    assert_eq!(app.states(BUYER), ["done"]);
    assert_eq!(app.admin_json("/api/accounting")["sent"], "1.000000");
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    assert_eq!(app.deposits().len(), 1);
}
