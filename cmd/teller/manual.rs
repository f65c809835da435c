//! The pages of the manual and the completions of shells in `dist`: made of a program's arguments, and held to them.
//!
//! `cargo test --bin teller -- --ignored manual` makes them anew.

use std::path::Path;

use clap::Command;
use clap_complete::{Shell, generate};
use clap_mangen::Man;

/// Every file, by its path in `dist`, with its contents.
fn files() -> Vec<(String, Vec<u8>)> {
    let (name, mut command) = crate::described();
    let mut files = Vec::new();
    for (shell, file) in [
        (Shell::Bash, format!("{name}.bash")),
        (Shell::Zsh, format!("_{name}")),
        (Shell::Fish, format!("{name}.fish")),
    ] {
        let mut text = Vec::new();
        generate(shell, &mut command.clone(), name, &mut text);
        files.push((format!("completions/{file}"), text));
    }
    command.build();
    pages(&command, name, name, &mut files);
    files
}

fn pages(command: &Command, name: &str, typed: &str, files: &mut Vec<(String, Vec<u8>)>) {
    let mut page = Vec::new();
    let plain = command
        .clone()
        .name(name.to_owned().leak() as &str)
        .bin_name(typed.to_owned())
        .display_name(name.to_owned());
    // The version stands in the package; here it would make every release differ.
    Man::new(plain.version(None::<&str>).disable_help_subcommand(true)).render(&mut page).unwrap();
    files.push((format!("man/{name}.1"), page));
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        let own = inner.get_name();
        pages(inner, &format!("{name}-{own}"), &format!("{typed} {own}"), files);
    }
}

#[test]
fn should_have_a_manual_of_the_arguments_of_today() {
    for (path, made) in files() {
        let there = std::fs::read(Path::new("dist").join(&path)).unwrap_or_default();
        assert!(there == made, "dist/{path} differs: run `cargo test --bin teller -- --ignored manual`");
    }
}

#[test]
#[ignore = "it makes what the other compares with"]
fn make_the_manual() {
    for (path, made) in files() {
        let path = Path::new("dist").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, made).unwrap();
    }
}
